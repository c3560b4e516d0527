package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The neighbours of each lane at one turn. Maps have an axis {@code [lanes · n]}: the n images of
 * lane 0, then those of lane 1, and so on. To read the neighbouring lane, the map is shifted along
 * this axis by n, and zeros stand for lanes outside the image:
 *
 * <pre>
 *   x                 lane 0   lane 1   lane 2
 *   fromLeftLane      zeros    lane 0   lane 1
 *   fromRightLane     lane 1   lane 2   zeros
 * </pre>
 */
public final class LaneShift {
  private final Ops tf;
  private final Lanes lanes;
  private final Operand<TInt32> n;
  private final Operand<TInt32> turn;

  /**
   * By number of features: 1 in lanes that have reached the image and 0 in the others, {@code
   * [lanes · n, features]}.
   */
  private final Map<Integer, Operand<TFloat32>> insideImage = new HashMap<>();

  private final Map<Integer, Operand<TFloat32>> zeros = new HashMap<>();

  /**
   * The neighbours at a turn.
   *
   * @param turn the number of the turn, {@code []}
   * @param n the batch size, {@code []}
   */
  public LaneShift(Ops tf, Lanes lanes, Operand<TInt32> turn, Operand<TInt32> n) {
    this.tf = tf;
    this.lanes = lanes;
    this.n = n;
    this.turn = turn;
  }

  /** The lanes of the network's maps, padding included. */
  public Lanes lanes() {
    return lanes;
  }

  /** The batch size, {@code []}. */
  Operand<TInt32> n() {
    return n;
  }

  /**
   * For each lane, the values of the lane to its left. At an earlier turn that lane was at the same
   * row.
   *
   * @param lanesAxis the index of the axis {@code [lanes · n]} of x; one axis, the features,
   *     follows
   */
  Operand<TFloat32> fromLeftLane(Operand<TFloat32> x, int lanesAxis) {
    Operand<TInt32> images = tf.math.mul(n, tf.constant(lanes.count() - 1));
    Operand<TFloat32> kept =
        tf.slice(x, sizes(lanesAxis, tf.constant(0), 0), sizes(lanesAxis, images, -1));
    return tf.concat(List.of(zeroLane(x, lanesAxis), kept), tf.constant(lanesAxis));
  }

  /**
   * For each lane, the values of the lane to its right. At the same turn that lane is at the row
   * above.
   *
   * @param lanesAxis the index of the axis {@code [lanes · n]} of x; one axis, the features,
   *     follows
   */
  Operand<TFloat32> fromRightLane(Operand<TFloat32> x, int lanesAxis) {
    Operand<TFloat32> kept =
        tf.slice(x, sizes(lanesAxis, n, 0), sizes(lanesAxis, tf.constant(-1), -1));
    return tf.concat(List.of(kept, zeroLane(x, lanesAxis)), tf.constant(lanesAxis));
  }

  /** The same vector for all images of all lanes, {@code [lanes · n, features]}. */
  Operand<TFloat32> broadcast(Operand<TFloat32> vector) {
    return tf.broadcastTo(
        vector,
        tf.concat(
            List.of(
                tf.expandDims(tf.math.mul(n, tf.constant(lanes.count())), tf.constant(0)),
                tf.shape(vector)),
            tf.constant(0)));
  }

  /** A pixel outside the image: zeros, {@code [lanes · n, features]}. */
  public Operand<TFloat32> zeros(int features) {
    return zeros.computeIfAbsent(features, f -> broadcast(tf.constant(new float[f])));
  }

  /**
   * The values of x, but zeros in lanes that are still above the image.
   *
   * @param x {@code [lanes · n, features]}
   */
  Operand<TFloat32> zeroAboveImage(Operand<TFloat32> x, int features) {
    return tf.math.mul(x, insideImage.computeIfAbsent(features, this::insideImage));
  }

  private Operand<TFloat32> insideImage(int features) {
    Operand<TInt32> images = tf.math.mul(n, tf.constant(lanes.count()));
    Operand<TInt32> lane = tf.math.div(tf.range(tf.constant(0), images, tf.constant(1)), n);
    Operand<TFloat32> column =
        tf.expandDims(
            tf.dtypes.cast(tf.math.lessEqual(lane, turn), TFloat32.class), tf.constant(1));
    // Tensors of equal shapes are multiplied several times faster.
    return tf.broadcastTo(column, tf.stack(List.of(images, tf.constant(features))));
  }

  private Operand<TFloat32> zeroLane(Operand<TFloat32> x, int lanesAxis) {
    return tf.zerosLike(tf.slice(x, sizes(lanesAxis, tf.constant(0), 0), sizes(lanesAxis, n, -1)));
  }

  /** A vector with one number for the axis of lanes, and another number for all other axes. */
  private Operand<TInt32> sizes(int lanesAxis, Operand<TInt32> lanesNumber, int otherNumber) {
    List<Operand<TInt32>> numbers = new ArrayList<>();
    for (int axis = 0; axis <= lanesAxis + 1; axis++) {
      numbers.add(axis == lanesAxis ? lanesNumber : tf.constant(otherNumber));
    }
    return tf.stack(numbers);
  }
}
