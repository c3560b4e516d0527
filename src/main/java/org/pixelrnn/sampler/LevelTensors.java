package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TUint8;

/** Levels, and which of them are known, as a model's signatures take and give them. */
final class LevelTensors {
  private LevelTensors() {}

  /** {@code [n, height, width, channels]}. */
  static TUint8 of(Images images) {
    ImageShape shape = images.shape();
    return of(
        images.levels(), Shape.of(images.count(), shape.height(), shape.width(), shape.channels()));
  }

  static TUint8 of(byte[] levels, Shape shape) {
    return Tensor.of(TUint8.class, shape, DataBuffers.of(levels, true, false));
  }

  static TBool of(boolean[] known, long... sizes) {
    byte[] bytes = new byte[known.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (known[i] ? 1 : 0);
    }
    return Tensor.of(TBool.class, Shape.of(sizes), DataBuffers.of(bytes, true, false));
  }

  /** The bytes of an output. */
  static byte[] levels(Result result, String output) {
    ByteDataBuffer data = result.get(output).orElseThrow().asRawTensor().data();
    byte[] levels = new byte[Math.toIntExact(data.size())];
    data.read(levels);
    return levels;
  }
}
