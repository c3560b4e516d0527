package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a lane gets of its neighbours at one turn: maps whose axis {@code [lanes · n]} is shifted by
 * a lane, with zeros where the image ends.
 */
final class LaneShift {
  private final Ops tf;
  private final Lanes lanes;
  private final Operand<TInt32> n;
  private final Operand<TInt32> turn;

  /** By features: 1 in the lanes that have reached the image, {@code [lanes · n, features]}. */
  private final Map<Integer, Operand<TFloat32>> begun = new HashMap<>();

  private final Map<Integer, Operand<TFloat32>> nothing = new HashMap<>();

  /**
   * @param turn {@code []}
   * @param images n, {@code []}
   */
  LaneShift(Ops tf, Lanes lanes, Operand<TInt32> turn, Operand<TInt32> images) {
    this.tf = tf;
    this.lanes = lanes;
    this.n = images;
    this.turn = turn;
  }

  Lanes lanes() {
    return lanes;
  }

  /**
   * Of the lane to the left: what it had earlier, of the same row.
   *
   * @param lanesAxis the axis {@code [lanes · n]} of x, which has one more, of features
   */
  Operand<TFloat32> ofTheLeft(Operand<TFloat32> x, int lanesAxis) {
    Operand<TInt32> images = tf.math.mul(n, tf.constant(lanes.count() - 1));
    Operand<TFloat32> kept =
        tf.slice(x, at(lanesAxis, tf.constant(0), 0), at(lanesAxis, images, -1));
    return tf.concat(List.of(nothing(x, lanesAxis), kept), tf.constant(lanesAxis));
  }

  /** Of the lane to the right: what it has at this turn of the row above. */
  Operand<TFloat32> ofTheRight(Operand<TFloat32> x, int lanesAxis) {
    Operand<TFloat32> kept = tf.slice(x, at(lanesAxis, n, 0), at(lanesAxis, tf.constant(-1), -1));
    return tf.concat(List.of(kept, nothing(x, lanesAxis)), tf.constant(lanesAxis));
  }

  /**
   * With one lane: 1 if there are no images, 0 otherwise, {@code []}. oneDNN's convolution gets the
   * shape of an empty batch wrong, so of none it is shown one.
   */
  Operand<TInt32> missing() {
    return tf.math.maximum(tf.constant(0), tf.math.sub(tf.constant(1), n));
  }

  /** With one lane: a map {@code [columns, n, features]} without what was {@link #missing}. */
  Operand<TFloat32> without(Operand<TFloat32> map) {
    return tf.slice(
        map, tf.constant(new int[3]), tf.stack(List.of(tf.constant(-1), n, tf.constant(-1))));
  }

  /** The same for all, {@code [lanes · n, features]}. */
  Operand<TFloat32> forAll(Operand<TFloat32> vector) {
    return tf.broadcastTo(
        vector,
        tf.concat(
            List.of(
                tf.expandDims(tf.math.mul(n, tf.constant(lanes.count())), tf.constant(0)),
                tf.shape(vector)),
            tf.constant(0)));
  }

  /** Zeros, {@code [lanes · n, features]}: pixels outside the image. */
  Operand<TFloat32> nothing(int features) {
    return nothing.computeIfAbsent(features, f -> forAll(tf.constant(new float[f])));
  }

  /** Zero in the lanes that are still above the image, {@code [lanes · n, features]}. */
  Operand<TFloat32> begun(Operand<TFloat32> x, int features) {
    return tf.math.mul(x, begun.computeIfAbsent(features, this::begun));
  }

  private Operand<TFloat32> begun(int features) {
    Operand<TInt32> all = tf.math.mul(n, tf.constant(lanes.count()));
    Operand<TInt32> lane = tf.math.div(tf.range(tf.constant(0), all, tf.constant(1)), n);
    Operand<TFloat32> ofLane =
        tf.expandDims(
            tf.dtypes.cast(tf.math.lessEqual(lane, turn), TFloat32.class), tf.constant(1));
    // Equal shapes multiply several times faster.
    return tf.broadcastTo(ofLane, tf.stack(List.of(all, tf.constant(features))));
  }

  private Operand<TFloat32> nothing(Operand<TFloat32> x, int lanesAxis) {
    return tf.zerosLike(tf.slice(x, at(lanesAxis, tf.constant(0), 0), at(lanesAxis, n, -1)));
  }

  /** A number for the axis of lanes, another for all others. */
  private Operand<TInt32> at(int lanesAxis, Operand<TInt32> ofLanes, int others) {
    List<Operand<TInt32>> all = new ArrayList<>();
    for (int axis = 0; axis <= lanesAxis + 1; axis++) {
      all.add(axis == lanesAxis ? ofLanes : tf.constant(others));
    }
    return tf.stack(all);
  }
}
