package org.pixelrnn.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a network is told of an image before its first pixel (section 3.6): its small version, as
 * upsampled maps, of which every layer takes in its own 1×1 convolution, see {@link Conditioning}.
 *
 * <p>Where the small image is a subsample, its pixels may count as known: they take no part in the
 * likelihood, and drawing copies them.
 */
final class Condition {
  private final Reduction reduction;
  private final UpsamplingNetwork upsampling;
  private final boolean pixelsAreKnown;
  private final String name;

  /**
   * A condition.
   *
   * @param name of its weights and its state
   * @param pixelsAreKnown whether the small image's pixels are known to the network
   */
  Condition(
      String name, Reduction reduction, UpsamplingNetwork upsampling, boolean pixelsAreKnown) {
    this.reduction = reduction;
    this.upsampling = upsampling;
    this.pixelsAreKnown = pixelsAreKnown;
    this.name = name;
  }

  /** Feature maps that layers are conditioned on. */
  int features() {
    return upsampling.features();
  }

  List<Weight> weights() {
    return upsampling.weights();
  }

  /** The maps, turn after turn: {@code [turns · columns, lanes · n, features]}. */
  State state(Lanes lanes) {
    return new State(name, lanes.turns(reduction.full().height()) * lanes.columns(), features());
  }

  Reduction reduction() {
    return reduction;
  }

  /**
   * The maps.
   *
   * @param values what the network is shown of small images
   * @return {@code [n, height, width, features]}
   */
  Operand<TFloat32> map(Pass pass, Operand<TFloat32> values) {
    return upsampling.apply(pass.scope(name), values);
  }

  /** {@link #map} as {@link #state}. */
  Operand<TFloat32> stateOf(Ops tf, Operand<TFloat32> upsampled, Lanes lanes) {
    Operand<TFloat32> byTurns = lanes.byTurns(tf, upsampled, reduction.full().height(), features());
    Operand<TFloat32> columnsFirst =
        tf.linalg.transpose(byTurns, tf.constant(new int[] {0, 2, 1, 3}));
    State state = state(lanes);
    Operand<TInt32> images =
        tf.math.mul(
            tf.slice(tf.shape(upsampled), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
            tf.constant(lanes.count()));
    Operand<TInt32> size =
        tf.concat(
            List.of(
                tf.constant(new int[] {state.columns()}),
                images,
                tf.constant(new int[] {state.features()})),
            tf.constant(0));
    return tf.ensureShape(tf.reshape(columnsFirst, size), state.shape());
  }

  /** The maps of one turn, {@code [columns, lanes · n, features]}, from {@link #state}. */
  Operand<TFloat32> row(Ops tf, Operand<TFloat32> state, Lanes lanes, Operand<TInt32> turn) {
    Operand<TInt32> first = tf.math.mul(turn, tf.constant(lanes.columns()));
    return tf.slice(
        state,
        tf.stack(List.of(first, tf.constant(0), tf.constant(0))),
        tf.constant(new int[] {lanes.columns(), -1, features()}));
  }

  /** Whether the small image's pixels are known. */
  boolean pixelsAreKnown() {
    return pixelsAreKnown;
  }

  /** Whether a pixel of the image is one of the small one, and known. */
  boolean isKnown(int row, int column) {
    return pixelsAreKnown && reduction.isKept(row, column);
  }
}
