package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Images drawn inside the graph: whole ones, several rows at a time where the network allows it
 * (see {@link Lanes}), or one row at a time.
 *
 * <p>What draws a row is a graph function that takes the weights as arguments, so that it serves
 * wherever images are drawn, whatever the weights are there. Graphs keep their own copy of it:
 * close this once they are built.
 */
public final class ImageDrawing implements AutoCloseable {
  private static final int MOST_PARTS = 8;

  /** With fewer, the overhead of each operation counts for more than another core gives. */
  private static final int IMAGES_OF_TWO_PARTS = 8;

  /** As above, where it takes a third core, or more, which there may not be. */
  private static final int IMAGES_OF_MANY_PARTS = 48;

  private final Network network;
  private final ImageShape shape;
  private final RowFunction row;
  private final RowFunction turn;
  private final TurnLoop loop;

  /** Builds the functions that draw images from {@code network}. */
  public ImageDrawing(Network network) {
    this.network = network;
    this.shape = network.shape();
    this.row = new RowFunction(network, Lanes.one(shape.width()));
    this.turn = network.lanes().count() == 1 ? row : new RowFunction(network, network.lanes());
    this.loop = new TurnLoop(network, turn);
  }

  /**
   * One row of n images.
   *
   * @param levels the row's level indices, {@code [n, width, channels]}
   * @param state for the next row, as {@link Network#state()}
   */
  public record DrawnRow(Operand<TUint8> levels, List<Operand<TFloat32>> state) {}

  /** The state above the first row of {@code count} images, as {@link Network#state()}. */
  public List<Operand<TFloat32>> start(Ops tf, Operand<TInt32> count) {
    return start(tf, row.lanes(), count);
  }

  private List<Operand<TFloat32>> start(Ops tf, Lanes lanes, Operand<TInt32> count) {
    Operand<TInt32> images = tf.math.mul(count, tf.constant(lanes.count()));
    return network.state(lanes).stream()
        .<Operand<TFloat32>>map(
            state -> {
              Operand<TInt32> size =
                  tf.stack(
                      List.of(tf.constant(state.columns()), images, tf.constant(state.features())));
              return tf.ensureShape(tf.fill(size, tf.constant(0f)), state.shape());
            })
        .toList();
  }

  /** Draws one row, given the state that those above have left. */
  public DrawnRow nextRow(Pass pass, RowDrawing.Inputs inputs) {
    return row.call(pass.tf(), inputs, row.prepared(pass));
  }

  /**
   * Draws all pixels of {@code count} images.
   *
   * @param count {@code []}
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}, at least 0
   * @return level indices, {@code [count, height, width, channels]}
   */
  public Operand<TUint8> sample(
      Pass pass, Operand<TInt32> count, Operand<TInt64> seed, Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    Operand<TUint8> images =
        tf.zeros(sizes(tf, count, shape.height(), shape.width(), shape.channels()), TUint8.class);
    Operand<TBool> known =
        tf.fill(sizes(tf, count, shape.height(), shape.width()), tf.constant(false));
    return complete(pass, images, known, seed, temperature);
  }

  /**
   * Draws the pixels that are not known, given those of them that come earlier.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @param known {@code [n, height, width]}; these pixels come back unchanged
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}, at least 0
   * @return level indices, {@code [n, height, width, channels]}
   */
  public Operand<TUint8> complete(
      Pass pass,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    Operand<TInt32> count =
        tf.reshape(
            tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
            tf.constant(new int[0]));
    // Parts of the batch are drawn beside one another; one that is empty costs nothing.
    Operand<TInt32> parts =
        tf.math.maximum(
            tf.math.minimum(tf.constant(MOST_PARTS), atLeast(tf, count, IMAGES_OF_MANY_PARTS)),
            tf.math.minimum(tf.constant(2), atLeast(tf, count, IMAGES_OF_TWO_PARTS)));
    Operand<TInt32> largest =
        tf.math.div(tf.math.add(count, tf.math.sub(parts, tf.constant(1))), parts);
    Lanes lanes = turn.lanes();
    List<Operand<TFloat32>> weights = turn.prepared(pass);
    List<Operand<TUint8>> drawn = new ArrayList<>();
    for (int part = 0; part < MOST_PARTS; part++) {
      Operand<TInt32> from = tf.math.minimum(count, tf.math.mul(largest, tf.constant(part)));
      Operand<TInt32> size = tf.math.minimum(largest, tf.math.sub(count, from));
      Operand<TBool> partKnown = tf.expandDims(part(tf, known, from, size), tf.constant(3));
      TurnLoop.Turn first =
          new TurnLoop.Turn(
              tf.constant(0),
              from,
              lanes.byTurns(tf, part(tf, images, from, size), shape.height(), shape.channels()),
              lanes.byTurns(tf, partKnown, shape.height(), 1),
              seed,
              temperature,
              start(tf, lanes, size),
              weights);
      drawn.add(lanes.fromTurns(tf, loop.run(tf, first), shape.height(), shape.channels(), size));
    }
    return tf.ensureShape(
        tf.concat(drawn, tf.constant(0)),
        Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels()));
  }

  /** Frees the functions; graphs that draw with them have copies. */
  @Override
  public void close() {
    loop.close();
    if (turn != row) {
      turn.close();
    }
    row.close();
  }

  /** How many parts of at least so many images there are, 1 if not even one. */
  private static Operand<TInt32> atLeast(Ops tf, Operand<TInt32> count, int images) {
    return tf.math.maximum(tf.constant(1), tf.math.div(count, tf.constant(images)));
  }

  /** {@code size} images of a batch, beginning at {@code from}. */
  private static <T extends TType> Operand<T> part(
      Ops tf, Operand<T> x, Operand<TInt32> from, Operand<TInt32> size) {
    int[] others = new int[x.shape().numDimensions() - 1];
    Operand<TInt32> begin = sizes(tf, from, others);
    Arrays.fill(others, -1);
    return tf.slice(x, begin, sizes(tf, size, others));
  }

  /** {@code [first, others…]}. */
  private static Operand<TInt32> sizes(Ops tf, Operand<TInt32> first, int... others) {
    return tf.concat(
        List.of(tf.expandDims(first, tf.constant(0)), tf.constant(others)), tf.constant(0));
  }
}
