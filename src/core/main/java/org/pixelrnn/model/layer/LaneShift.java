package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
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

  /** 1 for pixels of the image and 0 for others, {@code [lanes · n, features]}. */
  private final Map<Inside, Operand<TFloat32>> insideImage = new HashMap<>();

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
    Operand<TInt32> size =
        tf.concat(
            List.of(tf.expandDims(images(), tf.constant(0)), tf.shape(vector)), tf.constant(0));
    return tf.ensureShape(
        tf.broadcastTo(vector, size), Shape.of(Shape.UNKNOWN_SIZE, vector.shape().get(0)));
  }

  /** A pixel outside the image: zeros, {@code [lanes · n, features]}. */
  public Operand<TFloat32> zeros(int features) {
    return zeros.computeIfAbsent(features, f -> broadcast(tf.constant(new float[f])));
  }

  /**
   * The values of a pixel, but zeros in lanes that are still above the image, and in a last lane
   * whose pixel is right of the image.
   *
   * @param x {@code [lanes · n, features]}
   * @param column the pixel's column in each lane
   */
  Operand<TFloat32> zeroOutsideImage(Operand<TFloat32> x, int column, int features) {
    boolean lastLane = column < lanes.columns() - lanes.columnsBeyond();
    return tf.math.mul(
        x, insideImage.computeIfAbsent(new Inside(features, lastLane), this::insideImage));
  }

  /**
   * The difference of a recurrence's state to its initial state; 0 in lanes that are still above
   * the image.
   *
   * @param x {@code [columns, lanes · n, features]} or {@code [lanes · n, features]}
   * @param initial {@code [features]}
   */
  Operand<TFloat32> change(Operand<TFloat32> x, Operand<TFloat32> initial, int features) {
    Operand<TFloat32> change = tf.math.sub(x, initial);
    return lanes.count() == 1
        ? change
        : tf.math.mul(
            change, insideImage.computeIfAbsent(new Inside(features, true), this::insideImage));
  }

  /**
   * The values of a row, but zeros right of the image.
   *
   * @param x {@code [columns, lanes · n, features]}
   */
  Operand<TFloat32> zeroRightOfImage(Operand<TFloat32> x) {
    if (lanes.columnsBeyond() == 0) {
      return x;
    }
    int[][] columns = new int[lanes.columns()][1];
    Arrays.setAll(columns, column -> new int[] {column});
    Operand<TInt32> columnsOfImage =
        tf.math.add(
            tf.math.mul(laneOfImages(), tf.constant(lanes.columns())), tf.constant(columns));
    Operand<TBool> inside = tf.math.less(columnsOfImage, tf.constant(lanes.width()));
    return tf.math.mul(x, tf.expandDims(tf.dtypes.cast(inside, TFloat32.class), tf.constant(2)));
  }

  /** Names a mask: its number of features, and true if it shows the last lane. */
  private record Inside(int features, boolean lastLane) {}

  private Operand<TFloat32> insideImage(Inside inside) {
    Operand<TInt32> lastShown =
        inside.lastLane ? turn : tf.math.minimum(turn, tf.constant(lanes.count() - 2));
    Operand<TFloat32> column =
        tf.expandDims(
            tf.dtypes.cast(tf.math.lessEqual(laneOfImages(), lastShown), TFloat32.class),
            tf.constant(1));
    // Tensors of equal shapes are multiplied several times faster.
    return tf.broadcastTo(column, tf.stack(List.of(images(), tf.constant(inside.features))));
  }

  /** The number of images of all lanes, {@code []}. */
  private Operand<TInt32> images() {
    return tf.math.mul(n, tf.constant(lanes.count()));
  }

  /** The lane of each image, {@code [lanes · n]}. */
  private Operand<TInt32> laneOfImages() {
    return tf.math.div(tf.range(tf.constant(0), images(), tf.constant(1)), n);
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
