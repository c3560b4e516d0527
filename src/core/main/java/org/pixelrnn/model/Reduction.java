package org.pixelrnn.model;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * How a whole image becomes a small one. The whole image is divided into cells of {@code factor ×
 * factor} pixels, and each cell becomes one pixel. The small image is a subsample, or a box filter:
 *
 * <pre>
 *   whole image, factor 2       subsample            box filter
 *
 *     a b │ c d                 the upper left       the mean of the cell,
 *     e f │ g h                 pixel of the cell    rounded to a level
 *     ────┼────
 *     i j │ k l                    a c                 (a+b+e+f)/4 …
 *     m n │ o p                    i k                 …
 * </pre>
 *
 * @param full the shape of the whole image
 * @param factor the side of a cell in pixels
 * @param box true for the box filter, false for the subsample
 */
public record Reduction(ImageShape full, int factor, boolean box) {

  /**
   * The reduction of a multi-scale model.
   *
   * @param config a configuration that {@link ModelRules} accepts
   */
  static Reduction of(ModelConfig config) {
    MultiScale scales = config.getMultiScale();
    return new Reduction(
        ImageShape.of(config),
        scales.getFactor(),
        scales.getReduction() == MultiScale.Reduction.BOX);
  }

  /** The shape of the small image. */
  public ImageShape small() {
    return new ImageShape(
        full.height() / factor, full.width() / factor, full.channels(), full.levels());
  }

  /**
   * Makes small images.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return level indices, {@code [n, height / factor, width / factor, channels]}
   */
  public Operand<TUint8> of(Ops tf, Operand<TUint8> images) {
    if (!box) {
      return subsample(tf, images);
    }
    ImageShape small = small();
    Operand<TFloat32> cells =
        tf.reshape(
            tf.dtypes.cast(images, TFloat32.class),
            tf.constant(
                new int[] {-1, small.height(), factor, small.width(), factor, small.channels()}));
    Operand<TFloat32> means = tf.math.mean(cells, tf.constant(new int[] {2, 4}));
    Operand<TFloat32> rounded = tf.math.floor(tf.math.add(means, tf.constant(0.5f)));
    return tf.dtypes.cast(rounded, TUint8.class);
  }

  /**
   * Tells which pixels of the small images are known. A mean is known if its whole cell is known.
   *
   * @param known true for known pixels of the whole images, {@code [n, height, width]}
   * @return true for known pixels, {@code [n, height / factor, width / factor]}
   */
  public Operand<TBool> known(Ops tf, Operand<TBool> known) {
    if (!box) {
      return subsample(tf, known);
    }
    ImageShape small = small();
    Operand<TBool> cells =
        tf.reshape(
            known, tf.constant(new int[] {-1, small.height(), factor, small.width(), factor}));
    return tf.reduceAll(cells, tf.constant(new int[] {2, 4}));
  }

  /**
   * Copies each pixel of a small map to every pixel of its cell.
   *
   * @param small {@code [n, height / factor, width / factor, ...]}; the graph knows every size but
   *     n
   * @return {@code [n, height, width, ...]}
   */
  public <T extends TType> Operand<T> spread(Ops tf, Operand<T> small) {
    long[] shape = small.shape().asArray();
    long perPixel = 1;
    for (int axis = 3; axis < shape.length; axis++) {
      perPixel *= shape[axis];
    }
    Operand<T> cells =
        tf.tile(
            tf.reshape(small, tf.constant(new long[] {-1, shape[1], 1, shape[2], 1, perPixel})),
            tf.constant(new int[] {1, 1, factor, 1, factor, 1}));
    shape[1] *= factor;
    shape[2] *= factor;
    return tf.reshape(cells, tf.constant(shape));
  }

  /** True if a subsample keeps this pixel of the whole image. */
  boolean isKept(int row, int column) {
    return row % factor == 0 && column % factor == 0;
  }

  /**
   * Tells which pixels of one row of each image a subsample keeps.
   *
   * @param rows the number of each image's row, {@code [n]}
   * @return true for kept pixels, {@code [n, width]}
   */
  public Operand<TBool> kept(Ops tf, Operand<TInt32> rows) {
    Operand<TInt32> columns = tf.range(tf.constant(0), tf.constant(full.width()), tf.constant(1));
    return tf.math.logicalAnd(
        isMultiple(tf, columns), tf.expandDims(isMultiple(tf, rows), tf.constant(1)));
  }

  /**
   * Tells which pixels of an image a subsample keeps: true for them, {@code [1, height, width]}.
   */
  public Operand<TBool> kept(Ops tf) {
    boolean[] kept = new boolean[full.pixels()];
    for (int pixel = 0; pixel < kept.length; pixel++) {
      kept[pixel] = isKept(pixel / full.width(), pixel % full.width());
    }
    return tf.reshape(tf.constant(kept), tf.constant(new int[] {1, full.height(), full.width()}));
  }

  private Operand<TBool> isMultiple(Ops tf, Operand<TInt32> number) {
    return tf.math.equal(tf.math.floorMod(number, tf.constant(factor)), tf.constant(0));
  }

  /** The upper left pixel of each cell. */
  private <T extends TType> Operand<T> subsample(Ops tf, Operand<T> map) {
    Gather<T> rows = tf.gather(map, everyFactor(tf, full.height()), tf.constant(1));
    return tf.gather(rows, everyFactor(tf, full.width()), tf.constant(2));
  }

  private Operand<TInt32> everyFactor(Ops tf, int size) {
    return tf.range(tf.constant(0), tf.constant(size), tf.constant(factor));
  }
}
