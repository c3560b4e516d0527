package org.pixelrnn.train;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.KernelList;

/** Whether TensorFlow's native library was built for GPUs (the Maven profile {@code gpu}). */
final class Gpu {
  private Gpu() {}

  static boolean isSupported() {
    TensorFlow.version(); // loads the library
    try (TF_Status status = TF_Status.newStatus();
        TF_Buffer kernels = tensorflow.TF_GetRegisteredKernelsForOp("MatMul", status)) {
      status.throwExceptionIfNotOK();
      ByteBuffer bytes = kernels.dataAsByteBuffer();
      return KernelList.parseFrom(bytes).getKernelList().stream()
          .anyMatch(kernel -> kernel.getDeviceType().equals("GPU"));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("TensorFlow's list of kernels", e);
    }
  }
}
