package org.pixelrnn.train;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.KernelList;

/**
 * Tells if TensorFlow's native library can use GPUs. The Maven profile {@code gpu} takes one that
 * can.
 */
final class GpuSupport {
  private GpuSupport() {}

  /** True if the library was built for GPUs, that is, if it multiplies matrices on them. */
  static boolean isPresent() {
    TensorFlow.version(); // This loads the library.
    try (TF_Status status = TF_Status.newStatus();
        TF_Buffer kernels = tensorflow.TF_GetRegisteredKernelsForOp("MatMul", status)) {
      status.throwExceptionIfNotOK();
      ByteBuffer bytes = kernels.dataAsByteBuffer();
      return KernelList.parseFrom(bytes).getKernelList().stream()
          .anyMatch(kernel -> kernel.getDeviceType().equals("GPU"));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("TensorFlow's list of kernels cannot be parsed", e);
    }
  }
}
