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
 * How an image becomes a small one, whose pixels stand for cells of {@code factor × factor}: each
 * is its cell's upper left pixel, or, as a box filter, the cell's mean rounded to a level.
 *
 * @param full shape of the image
 * @param factor by which it divides height and width
 * @param box whether means are taken
 */
public record Reduction(ImageShape full, int factor, boolean box) {

  /** That of a multi-scale model, which has been checked. */
  static Reduction of(ModelConfig config) {
    MultiScale scales = config.getMultiScale();
    return new Reduction(
        ImageShape.of(config),
        scales.getFactor(),
        scales.getReduction() == MultiScale.Reduction.BOX);
  }

  /** Shape of the small image. */
  public ImageShape small() {
    return new ImageShape(
        full.height() / factor, full.width() / factor, full.channels(), full.levels());
  }

  /**
   * The small images of images.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return level indices, {@code [n, height / factor, width / factor, channels]}
   */
  public Operand<TUint8> of(Ops tf, Operand<TUint8> images) {
    if (!box) {
      return corners(tf, images);
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
   * Which pixels of small images are known if these of the images are.
   *
   * @param known {@code [n, height, width]}
   * @return {@code [n, height / factor, width / factor]}
   */
  public Operand<TBool> known(Ops tf, Operand<TBool> known) {
    if (!box) {
      return corners(tf, known);
    }
    ImageShape small = small();
    Operand<TBool> cells =
        tf.reshape(
            known, tf.constant(new int[] {-1, small.height(), factor, small.width(), factor}));
    return tf.reduceAll(cells, tf.constant(new int[] {2, 4}));
  }

  /**
   * Spreads each pixel of small maps over its cell.
   *
   * @param small {@code [n, height / factor, width / factor, ...]}, at most one axis unknown
   * @return {@code [n, height, width, ...]}
   */
  <T extends TType> Operand<T> spread(Ops tf, Operand<T> small) {
    long[] shape = small.shape().asArray();
    long inPixel = 1;
    for (int axis = 3; axis < shape.length; axis++) {
      inPixel *= shape[axis];
    }
    Operand<T> cells =
        tf.tile(
            tf.reshape(small, tf.constant(new long[] {-1, shape[1], 1, shape[2], 1, inPixel})),
            tf.constant(new int[] {1, 1, factor, 1, factor, 1}));
    shape[1] *= factor;
    shape[2] *= factor;
    return tf.reshape(cells, tf.constant(shape));
  }

  /** Whether a subsample has this pixel. */
  boolean isKept(int row, int column) {
    return row % factor == 0 && column % factor == 0;
  }

  /** Which pixels of a row of images a subsample has, {@code [1, width]}. */
  Operand<TBool> kept(Ops tf, Operand<TInt32> row) {
    Operand<TInt32> columns = tf.range(tf.constant(0), tf.constant(full.width()), tf.constant(1));
    Operand<TBool> inColumn = isMultiple(tf, columns);
    return tf.expandDims(tf.math.logicalAnd(inColumn, isMultiple(tf, row)), tf.constant(0));
  }

  /** Which pixels of images a subsample has, {@code [1, height, width]}. */
  Operand<TBool> kept(Ops tf) {
    boolean[] kept = new boolean[full.pixels()];
    for (int pixel = 0; pixel < kept.length; pixel++) {
      kept[pixel] = isKept(pixel / full.width(), pixel % full.width());
    }
    return tf.reshape(tf.constant(kept), tf.constant(new int[] {1, full.height(), full.width()}));
  }

  private Operand<TBool> isMultiple(Ops tf, Operand<TInt32> number) {
    return tf.math.equal(tf.math.floorMod(number, tf.constant(factor)), tf.constant(0));
  }

  private <T extends TType> Operand<T> corners(Ops tf, Operand<T> map) {
    Gather<T> rows = tf.gather(map, everyFactor(tf, full.height()), tf.constant(1));
    return tf.gather(rows, everyFactor(tf, full.width()), tf.constant(2));
  }

  private Operand<TInt32> everyFactor(Ops tf, int size) {
    return tf.range(tf.constant(0), tf.constant(size), tf.constant(factor));
  }
}
