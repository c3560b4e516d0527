package org.pixelrnn.model.sampling;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.layer.Lanes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The uniform random numbers of each turn of a {@link TurnLoop}.
 *
 * <p>If each lane is one block of {@link SeededUniform}, a lane has a stream of its own, and the
 * numbers of a turn are made at that turn. Otherwise a stream holds more columns than a lane. Then
 * all numbers of a row are made when the row enters the first lane, and they wait until its other
 * lanes need them. They wait in a ring of as many rows as there are lanes. At turn 4, with 3 lanes:
 *
 * <pre>
 *             lane 0  lane 1  lane 2
 *   slot 0              ▣               row 3
 *   slot 1      ▣                       row 4, made at this turn
 *   slot 2                      ▣       row 2
 *                                       ▣ what this turn takes
 * </pre>
 */
final class TurnNoise {
  private final ImageShape shape;
  private final Lanes lanes;
  private final boolean delayed;

  TurnNoise(Network network, Lanes lanes) {
    this.shape = network.shape();
    this.lanes = lanes;
    this.delayed =
        lanes.count() > 1
            && (lanes.columns() != network.rows().noiseBlockColumns()
                || lanes.count() * lanes.columns() != shape.width());
  }

  /** The numbers of one turn, and what later turns need. */
  record OfTurn(Operand<TFloat32> uniform, List<Operand<TFloat32>> waiting) {}

  /**
   * The noise kept for later turns, before the first turn: nothing, or an empty ring.
   *
   * @param images the images that are sampled, {@code [n, …]}
   */
  List<Operand<TFloat32>> start(Ops tf, Operand<?> images) {
    if (!delayed) {
      return List.of();
    }
    Operand<TInt32> slots = tf.constant(lanes.count());
    Operand<TInt32> n = BatchSize.of(tf, images);
    Operand<TInt32> size = tf.stack(List.of(slots, slots, n, tf.constant(numbersOfLane())));
    return List.of(tf.ensureShape(tf.fill(size, tf.constant(0f)), ringShape()));
  }

  /** The next arguments of a graph function: what {@link #start} returns. */
  List<Operand<TFloat32>> arguments(GraphFunction function) {
    return delayed ? List.of(function.argument(TFloat32.class, ringShape().asArray())) : List.of();
  }

  /**
   * Adds the operations that make the numbers of one turn.
   *
   * @param waiting what earlier turns have left, or {@link #start}
   * @param turn the number of the turn, {@code []}
   * @return with the numbers {@code [lanes · n, columns · channels, levels]}
   */
  OfTurn ofTurn(
      Ops tf, SeededUniform seeded, List<Operand<TFloat32>> waiting, Operand<TInt32> turn) {
    if (!delayed) {
      return new OfTurn(
          lanes.count() == 1 ? seeded.ofRow(tf, turn) : seeded.ofTurn(tf, turn), List.of());
    }
    Operand<TInt32> slot = tf.reshape(slot(tf, turn, 0), tf.constant(new int[] {1, 1}));
    // The ring is changed in place, because the loop has no other use for it.
    Operand<TFloat32> ring =
        tf.tensorScatterNdUpdate(waiting.get(0), slot, byLane(tf, seeded.ofRow(tf, turn)));
    List<Operand<TInt32>> taken = new ArrayList<>();
    for (int lane = 0; lane < lanes.count(); lane++) {
      taken.add(tf.stack(List.of(slot(tf, turn, lane), tf.constant(lane))));
    }
    Operand<TFloat32> uniform =
        tf.reshape(
            tf.gatherNd(ring, tf.stack(taken)),
            tf.constant(new int[] {-1, lanes.columns() * shape.channels(), shape.levels()}));
    return new OfTurn(uniform, List.of(ring));
  }

  /** The slot of the row that a lane is at. */
  private Operand<TInt32> slot(Ops tf, Operand<TInt32> turn, int lane) {
    return tf.math.floorMod(tf.math.sub(turn, tf.constant(lane)), tf.constant(lanes.count()));
  }

  /**
   * Sorts the numbers of a row by lane.
   *
   * @param row {@code [n, width · channels, levels]}
   * @return {@code [1, lanes, n, columns · channels · levels]}
   */
  private Operand<TFloat32> byLane(Ops tf, Operand<TFloat32> row) {
    int missing = lanes.count() * lanes.columns() - shape.width();
    Operand<TFloat32> whole =
        missing == 0
            ? row
            : tf.pad(
                row,
                tf.constant(new int[][] {{0, 0}, {0, missing * shape.channels()}, {0, 0}}),
                tf.constant(0f));
    Operand<TFloat32> blocks =
        tf.reshape(whole, tf.constant(new int[] {-1, lanes.count(), numbersOfLane()}));
    return tf.expandDims(
        tf.linalg.transpose(blocks, tf.constant(new int[] {1, 0, 2})), tf.constant(0));
  }

  private int numbersOfLane() {
    return lanes.columns() * shape.channels() * shape.levels();
  }

  private Shape ringShape() {
    return Shape.of(lanes.count(), lanes.count(), Shape.UNKNOWN_SIZE, numbersOfLane());
  }
}
