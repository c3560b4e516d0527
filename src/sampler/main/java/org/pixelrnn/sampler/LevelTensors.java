package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TUint8;

/** Images and masks as tensors of a model's signatures, and back. */
final class LevelTensors {
  private LevelTensors() {}

  /** Copies images to a tensor {@code [n, height, width, channels]}. */
  static TUint8 of(Images images) {
    ImageShape shape = images.shape();
    return of(
        images.levels(), Shape.of(images.count(), shape.height(), shape.width(), shape.channels()));
  }

  /** Copies levels to a tensor of a given shape. */
  static TUint8 of(byte[] levels, Shape shape) {
    return Tensor.of(TUint8.class, shape, DataBuffers.of(levels, true, false));
  }

  /** Copies the mask of known pixels to a tensor {@code [n, height, width]}. */
  static TBool of(KnownPixels pixels) {
    Images images = pixels.images();
    return of(pixels.mask(), images.count(), images.shape().height(), images.shape().width());
  }

  /** Copies a mask to a tensor of given sizes. */
  static TBool of(boolean[] mask, long... sizes) {
    byte[] bytes = new byte[mask.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (mask[i] ? 1 : 0);
    }
    return Tensor.of(TBool.class, Shape.of(sizes), DataBuffers.of(bytes, true, false));
  }

  /**
   * Copies the levels of an output of a signature.
   *
   * @throws IllegalArgumentException if there are more or fewer than {@code size} levels
   */
  static byte[] levels(SignatureOutputs outputs, String output, int size) {
    ByteDataBuffer data = outputs.get(output).orElseThrow().asRawTensor().data();
    if (data.size() != size) {
      throw new IllegalArgumentException(
          "`" + output + "` has " + data.size() + " bytes; expected " + size);
    }
    byte[] levels = new byte[size];
    data.read(levels);
    return levels;
  }
}
