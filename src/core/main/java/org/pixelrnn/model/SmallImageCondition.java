package org.pixelrnn.model;

import java.util.List;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * What a network knows about an image before its first pixel: the small image (section 3.6).
 *
 * <pre>
 *   small image ──► {@link UpsamplingNetwork} ──► feature maps of the whole image's size
 *                                                │
 *                                                └─► {@code ConditionProjection} in every layer
 * </pre>
 *
 * <p>If the small image is a subsample, its pixels may count as known. Then they are no part of the
 * likelihood, and sampling copies them.
 */
final class SmallImageCondition {
  private final String name;
  private final Reduction reduction;
  private final UpsamplingNetwork upsampling;
  private final boolean pixelsAreKnown;

  /**
   * A condition.
   *
   * @param name the name of its state, and the scope of its operations
   * @param pixelsAreKnown true if the small image's pixels count as known
   */
  SmallImageCondition(
      String name, Reduction reduction, UpsamplingNetwork upsampling, boolean pixelsAreKnown) {
    this.name = name;
    this.reduction = reduction;
    this.upsampling = upsampling;
    this.pixelsAreKnown = pixelsAreKnown;
  }

  /** The number of feature maps. */
  int features() {
    return upsampling.features();
  }

  /** The weights of the upsampling network. */
  List<Weight> weights() {
    return upsampling.weights();
  }

  /** How a whole image becomes a small one. */
  Reduction reduction() {
    return reduction;
  }

  /**
   * Makes the feature maps.
   *
   * @param values the input values of small images, {@code [n, height / factor, width / factor,
   *     channels]}
   * @return {@code [n, height, width, features]}
   */
  Operand<TFloating> maps(BuildContext context, Operand<TFloat32> values) {
    return upsampling.apply(context.scope(name), context.rounded(values));
  }

  /**
   * The state that carries the maps while images are sampled, one turn after another: {@code [turns
   * · columns, lanes · n, features]}.
   */
  RowState state(Lanes lanes) {
    return new RowState(name, lanes.turns(reduction.full().height()) * lanes.columns(), features());
  }

  /** The {@link #maps} in the layout of {@link #state}. */
  Operand<TFloat32> stateOf(Ops tf, Operand<TFloat32> maps, Lanes lanes) {
    Operand<TFloat32> byTurns = lanes.byTurns(tf, maps, reduction.full().height(), features());
    Operand<TFloat32> columnsFirst =
        tf.linalg.transpose(byTurns, tf.constant(new int[] {0, 2, 1, 3}));
    RowState state = state(lanes);
    Operand<TInt32> images = tf.math.mul(BatchSize.of(tf, maps), tf.constant(lanes.count()));
    Operand<TInt32> size =
        tf.stack(List.of(tf.constant(state.columns()), images, tf.constant(state.features())));
    return tf.ensureShape(tf.reshape(columnsFirst, size), state.shape());
  }

  /** Reads the maps of one turn from {@link #state}, {@code [columns, lanes · n, features]}. */
  Operand<TFloat32> row(Ops tf, Operand<TFloat32> state, Lanes lanes, Operand<TInt32> turn) {
    Operand<TInt32> first = tf.math.mul(turn, tf.constant(lanes.columns()));
    return tf.slice(
        state,
        tf.stack(List.of(first, tf.constant(0), tf.constant(0))),
        tf.constant(new int[] {lanes.columns(), -1, features()}));
  }

  /**
   * Reads one row of each image.
   *
   * @param maps the {@link #maps} with the pixels of an image in raster order, {@code [n, height ·
   *     columns, features]}
   * @param columns the number of columns of the maps, padding included
   * @param rows the number of the row of each image, {@code [n]}
   * @return {@code [columns, n, features]}
   */
  Operand<TFloat32> rows(Ops tf, Operand<TFloat32> maps, int columns, Operand<TInt32> rows) {
    Operand<TFloat32> byRow =
        tf.reshape(
            maps, tf.constant(new int[] {-1, reduction.full().height(), columns * features()}));
    Operand<TFloat32> ofRows = tf.gather(byRow, rows, tf.constant(1), Gather.batchDims(1L));
    return tf.linalg.transpose(
        tf.reshape(ofRows, tf.constant(new int[] {-1, columns, features()})),
        tf.constant(new int[] {1, 0, 2}));
  }

  /** True if the small image's pixels count as known. */
  boolean pixelsAreKnown() {
    return pixelsAreKnown;
  }

  /** True if this pixel of the whole image is known from the small image. */
  boolean isKnown(int row, int column) {
    return pixelsAreKnown && reduction.isKept(row, column);
  }
}
