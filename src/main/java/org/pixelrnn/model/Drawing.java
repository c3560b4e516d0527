package org.pixelrnn.model;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Whole images drawn inside the graph. What draws them are graph functions, of which graphs keep
 * their own copies: close this once they are built.
 */
public sealed interface Drawing extends AutoCloseable permits ImageDrawing, MultiScaleDrawing {

  /** Builds the functions that draw images from a model. */
  static Drawing of(ImageModel model) {
    return model instanceof MultiScaleNetwork scales
        ? new MultiScaleDrawing(scales)
        : new ImageDrawing((Network) model);
  }

  /**
   * Draws all pixels of {@code count} images.
   *
   * @param count {@code []}
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}, at least 0
   * @return level indices, {@code [count, height, width, channels]}
   */
  Operand<TUint8> sample(
      Pass pass, Operand<TInt32> count, Operand<TInt64> seed, Operand<TFloat32> temperature);

  /**
   * Draws the pixels that are not known, given those of them that come earlier in the model's
   * order.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @param known {@code [n, height, width]}; these pixels come back unchanged
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}, at least 0
   * @return level indices, {@code [n, height, width, channels]}
   */
  Operand<TUint8> complete(
      Pass pass,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature);

  /**
   * Where images are drawn, also beside a GPU: pixel after pixel, the operations are too small for
   * one, and a loop's body, which has to be in one place, would be there without kernels for
   * levels.
   */
  static Ops onCpu(Ops tf) {
    return tf.withDevice(
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.CPU).deviceIndex(0).build());
  }

  /** Frees the functions; graphs that draw with them have copies. */
  @Override
  void close();
}
