package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
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
public final class ImageDrawing implements Drawing {
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

  /**
   * The state above the first row of {@code count} images, as {@link Network#state()}; for a
   * network that is conditioned on nothing.
   */
  public List<Operand<TFloat32>> start(Ops tf, Operand<TInt32> count) {
    return zeros(tf, row.lanes(), count, network.state());
  }

  /**
   * The state above the first row of images, as {@link Network#state()}; for a conditioned network.
   *
   * @param small the images' small versions, {@code [n, height / factor, width / factor, channels]}
   */
  public List<Operand<TFloat32>> start(Pass pass, Operand<TUint8> small) {
    Ops tf = pass.tf();
    return start(tf, row.lanes(), count(tf, small), upsampled(pass, small));
  }

  private Operand<TFloat32> upsampled(Pass pass, Operand<TUint8> small) {
    Ops tf = pass.tf();
    long[] one = small.shape().asArray();
    one[0] = 1;
    // One more than there are: oneDNN's convolution has the wrong shape for an empty batch.
    Operand<TUint8> more =
        tf.concat(List.of(small, tf.zeros(tf.constant(one), TUint8.class)), tf.constant(0));
    return part(tf, network.upsampled(pass, more), tf.constant(0), count(tf, small));
  }

  private List<Operand<TFloat32>> start(
      Ops tf, Lanes lanes, Operand<TInt32> count, Operand<TFloat32> upsampled) {
    List<State> all = network.state(lanes);
    return ImmutableList.<Operand<TFloat32>>builder()
        .addAll(zeros(tf, lanes, count, all.subList(0, all.size() - 1)))
        .add(network.conditionState(tf, upsampled, lanes))
        .build();
  }

  private static List<Operand<TFloat32>> zeros(
      Ops tf, Lanes lanes, Operand<TInt32> count, List<State> states) {
    Operand<TInt32> images = tf.math.mul(count, tf.constant(lanes.count()));
    return states.stream()
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

  /** For a network that is conditioned on nothing. */
  @Override
  public Operand<TUint8> sample(
      Pass pass, Operand<TInt32> count, Operand<TInt64> seed, Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    Operand<TUint8> images =
        tf.zeros(sizes(tf, count, shape.height(), shape.width(), shape.channels()), TUint8.class);
    Operand<TBool> known =
        tf.fill(sizes(tf, count, shape.height(), shape.width()), tf.constant(false));
    return complete(pass, images, known, seed, temperature);
  }

  /** For a network that is conditioned on nothing. */
  @Override
  public Operand<TUint8> complete(
      Pass pass,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    return complete(
        pass,
        images,
        known,
        seed,
        temperature,
        (from, size) -> zeros(tf, turn.lanes(), size, network.state(turn.lanes())));
  }

  /**
   * Draws the pixels that are not known, given those of them that come earlier and the small
   * versions of the images, from a conditioned network.
   *
   * @param small {@code [n, height / factor, width / factor, channels]}
   */
  Operand<TUint8> complete(
      Pass pass,
      Operand<TUint8> small,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    Operand<TFloat32> upsampled = upsampled(pass, small);
    return complete(
        pass,
        images,
        known,
        seed,
        temperature,
        (from, size) -> start(tf, turn.lanes(), size, part(tf, upsampled, from, size)));
  }

  /** The state above the first row of {@code size} images of a batch, beginning at {@code from}. */
  private interface Start {
    List<Operand<TFloat32>> of(Operand<TInt32> from, Operand<TInt32> size);
  }

  private Operand<TUint8> complete(
      Pass pass,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature,
      Start start) {
    Ops tf = pass.tf();
    Operand<TInt32> count = count(tf, images);
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
              start.of(from, size),
              weights);
      drawn.add(lanes.fromTurns(tf, loop.run(tf, first), shape.height(), shape.channels(), size));
    }
    return tf.ensureShape(
        tf.concat(drawn, tf.constant(0)),
        Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels()));
  }

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

  private static Operand<TInt32> count(Ops tf, Operand<TUint8> images) {
    return tf.reshape(
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
        tf.constant(new int[0]));
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
