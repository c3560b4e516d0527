package org.pixelrnn.model;

import com.google.common.base.Suppliers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
  private final Supplier<Operand<TFloat32>> begun;

  /**
   * @param turn {@code []}
   * @param images n, {@code []}
   */
  LaneShift(Ops tf, Lanes lanes, Operand<TInt32> turn, Operand<TInt32> images) {
    this.tf = tf;
    this.lanes = lanes;
    this.n = images;
    this.begun = Suppliers.memoize(() -> lanesBegun(turn));
  }

  private Operand<TFloat32> lanesBegun(Operand<TInt32> turn) {
    Operand<TInt32> all =
        tf.range(tf.constant(0), tf.math.mul(n, tf.constant(lanes.count())), tf.constant(1));
    Operand<TInt32> lane = tf.math.div(all, n);
    return tf.expandDims(
        tf.dtypes.cast(tf.math.lessEqual(lane, turn), TFloat32.class), tf.constant(1));
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

  /** Zero in the lanes that are still above the image, {@code [..., lanes · n, features]}. */
  Operand<TFloat32> begun(Operand<TFloat32> x) {
    return tf.math.mul(x, begun.get());
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
