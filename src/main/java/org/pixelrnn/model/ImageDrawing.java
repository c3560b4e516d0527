package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.op.core.StatelessWhile;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Whole images, drawn row after row: one {@link RowDrawing} as a graph function, and a loop over it
 * inside the graph.
 *
 * <p>The function takes the weights as arguments, so that one function serves wherever images are
 * drawn, whatever the weights are there. Graphs keep their own copy of it: close this once they are
 * built.
 */
public final class ImageDrawing implements AutoCloseable {
  private static final int MOST_PARTS = 8;

  /** With fewer, the overhead of each operation counts for more than a second core gives. */
  private static final int LEAST_IMAGES_OF_A_PART = 48;

  private final Network network;
  private final ImageShape shape;
  private final ConcreteFunction row;
  private final ConcreteFunction isInside;
  private final ConcreteFunction next;

  /** Builds the functions that draw images from {@code network}. */
  public ImageDrawing(Network network) {
    this.network = network;
    this.shape = network.shape();
    this.row = GraphFunction.create("draw_row", this::row);
    this.isInside = GraphFunction.create("is_inside", this::isInside);
    this.next = GraphFunction.create("draw_next_row", this::next);
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
    return network.state().stream()
        .<Operand<TFloat32>>map(
            state -> {
              Operand<TInt32> size =
                  tf.stack(
                      List.of(tf.constant(state.width()), count, tf.constant(state.features())));
              return tf.ensureShape(tf.fill(size, tf.constant(0f)), state.shape());
            })
        .toList();
  }

  /** Draws one row, given the state that those above have left. */
  public DrawnRow nextRow(Pass pass, RowDrawing.Inputs inputs) {
    Ops tf = pass.tf();
    List<Operand<?>> arguments =
        ImmutableList.<Operand<?>>builder()
            .add(inputs.row(), inputs.firstImage(), inputs.knownLevels(), inputs.known())
            .add(inputs.seed(), inputs.temperature())
            .addAll(inputs.state())
            .addAll(weights(pass))
            .build();
    List<Class<? extends TType>> types = new ArrayList<>(List.of(TUint8.class));
    inputs.state().forEach(state -> types.add(TFloat32.class));
    List<Output<?>> results = PartitionedCall.create(tf.scope(), arguments, types, row).output();
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (int i = 0; i < network.state().size(); i++) {
      state.add(
          tf.ensureShape(
              results.get(i + 1).expect(TFloat32.class), network.state().get(i).shape()));
    }
    return new DrawnRow(
        tf.ensureShape(
            results.get(0).expect(TUint8.class),
            Shape.of(Shape.UNKNOWN_SIZE, shape.width(), shape.channels())),
        List.copyOf(state));
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
    Shape pixels = Shape.of(shape.height(), shape.width());
    Operand<TUint8> images =
        tf.zeros(prepend(tf, count, pixels.append(shape.channels())), TUint8.class);
    Operand<TBool> known = tf.fill(prepend(tf, count, pixels), tf.constant(false));
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
    Operand<TInt32> count = count(tf, images);
    // Parts of the batch are drawn beside one another; one that is empty costs nothing.
    Operand<TInt32> parts =
        tf.math.maximum(
            tf.constant(1),
            tf.math.minimum(
                tf.constant(MOST_PARTS), tf.math.div(count, tf.constant(LEAST_IMAGES_OF_A_PART))));
    Operand<TInt32> size =
        tf.math.div(tf.math.add(count, tf.math.sub(parts, tf.constant(1))), parts);
    List<Operand<TUint8>> drawn = new ArrayList<>();
    for (int part = 0; part < MOST_PARTS; part++) {
      Operand<TInt32> from = tf.math.minimum(count, tf.math.mul(size, tf.constant(part)));
      Operand<TInt32> to = tf.math.minimum(count, tf.math.add(from, size));
      drawn.add(
          part(
              pass,
              from,
              slice(tf, images, from, to),
              slice(tf, known, from, to),
              seed,
              temperature));
    }
    return tf.ensureShape(
        tf.linalg.transpose(tf.concat(drawn, tf.constant(1)), tf.constant(new int[] {1, 0, 2, 3})),
        Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels()));
  }

  /**
   * Draws a part of a batch; rows come first in the result, {@code [height, n, width, channels]}.
   */
  private Operand<TUint8> part(
      Pass pass,
      Operand<TInt32> firstImage,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    List<Operand<?>> first =
        ImmutableList.<Operand<?>>builder()
            .add(tf.constant(0), firstImage)
            .add(tf.linalg.transpose(images, tf.constant(new int[] {1, 0, 2, 3})), known)
            .add(seed, temperature)
            .addAll(start(tf, count(tf, images)))
            .addAll(weights(pass))
            .build();
    return StatelessWhile.create(tf.scope(), first, isInside, next)
        .output()
        .get(2)
        .expect(TUint8.class);
  }

  private static Operand<TInt32> count(Ops tf, Operand<?> images) {
    return tf.reshape(
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
        tf.constant(new int[0]));
  }

  /** Images {@code from} (inclusive) to {@code to} (exclusive). */
  private static <T extends TType> Operand<T> slice(
      Ops tf, Operand<T> x, Operand<TInt32> from, Operand<TInt32> to) {
    int others = x.shape().numDimensions() - 1;
    int[] whole = new int[others];
    Arrays.fill(whole, -1);
    return tf.slice(
        x,
        tf.concat(
            List.of(tf.expandDims(from, tf.constant(0)), tf.constant(new int[others])),
            tf.constant(0)),
        tf.concat(
            List.of(tf.expandDims(tf.math.sub(to, from), tf.constant(0)), tf.constant(whole)),
            tf.constant(0)));
  }

  /** Frees the functions; graphs that draw with them have copies. */
  @Override
  public void close() {
    next.close();
    isInside.close();
    row.close();
  }

  private List<? extends Operand<?>> row(GraphFunction function) {
    Operand<TInt32> number = function.argument(TInt32.class);
    Operand<TInt32> firstImage = function.argument(TInt32.class);
    Operand<TUint8> levels =
        function.argument(TUint8.class, Shape.UNKNOWN_SIZE, shape.width(), shape.channels());
    Operand<TBool> known = function.argument(TBool.class, Shape.UNKNOWN_SIZE, shape.width());
    Operand<TInt64> seed = function.argument(TInt64.class);
    Operand<TFloat32> temperature = function.argument(TFloat32.class);
    List<Operand<TFloat32>> state = stateArguments(function, network);
    Pass pass = new Pass(function.tf(), weightArguments(function, network));
    RowDrawing drawn =
        RowDrawing.of(
            pass,
            network,
            new RowDrawing.Inputs(state, number, firstImage, levels, known, seed, temperature));
    return ImmutableList.<Operand<?>>builder().add(drawn.levels()).addAll(drawn.state()).build();
  }

  /** What goes round: the next row's number, all rows (those above drawn), and all else. */
  private record Loop(
      Operand<TInt32> number,
      Operand<TInt32> firstImage,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature,
      List<Operand<TFloat32>> state,
      Weights weights) {

    static Loop of(GraphFunction function, Network network) {
      ImageShape shape = network.shape();
      return new Loop(
          function.argument(TInt32.class),
          function.argument(TInt32.class),
          function.argument(
              TUint8.class, shape.height(), Shape.UNKNOWN_SIZE, shape.width(), shape.channels()),
          function.argument(TBool.class, Shape.UNKNOWN_SIZE, shape.height(), shape.width()),
          function.argument(TInt64.class),
          function.argument(TFloat32.class),
          stateArguments(function, network),
          weightArguments(function, network));
    }
  }

  private List<? extends Operand<?>> isInside(GraphFunction function) {
    Ops tf = function.tf();
    Loop loop = Loop.of(function, network);
    return List.of(
        tf.math.logicalAnd(
            tf.math.less(loop.number, tf.constant(shape.height())),
            tf.math.greater(tf.size(loop.images), tf.constant(0))));
  }

  private List<? extends Operand<?>> next(GraphFunction function) {
    Ops tf = function.tf();
    Loop loop = Loop.of(function, network);
    Pass pass = new Pass(tf, loop.weights);
    DrawnRow drawn =
        nextRow(
            pass,
            new RowDrawing.Inputs(
                loop.state,
                loop.number,
                loop.firstImage,
                tf.gather(loop.images, loop.number, tf.constant(0)),
                tf.gather(loop.known, loop.number, tf.constant(1)),
                loop.seed,
                loop.temperature));
    Operand<TInt32> at = tf.reshape(loop.number, tf.constant(new int[] {1, 1}));
    return ImmutableList.<Operand<?>>builder()
        .add(tf.math.add(loop.number, tf.constant(1)), loop.firstImage)
        .add(tf.tensorScatterNdUpdate(loop.images, at, tf.expandDims(drawn.levels, tf.constant(0))))
        .add(loop.known, loop.seed, loop.temperature)
        .addAll(drawn.state)
        .addAll(weights(pass))
        .build();
  }

  /** The next arguments of a function: the network's states. */
  private static List<Operand<TFloat32>> stateArguments(GraphFunction function, Network network) {
    List<Operand<TFloat32>> states = new ArrayList<>();
    for (State state : network.state()) {
      states.add(function.argument(TFloat32.class, state.shape().asArray()));
    }
    return List.copyOf(states);
  }

  /** The next arguments of a function: the network's weights. */
  private static Weights weightArguments(GraphFunction function, Network network) {
    Map<Weight, Operand<TFloat32>> weights = new HashMap<>();
    for (Weight weight : network.weights()) {
      weights.put(weight, function.argument(TFloat32.class, weight.shape().asArray()));
    }
    return weights::get;
  }

  private List<Operand<?>> weights(Pass pass) {
    return network.weights().stream().<Operand<?>>map(pass::weight).toList();
  }

  /** {@code [count, shape…]} as a tensor. */
  private static Operand<TInt32> prepend(Ops tf, Operand<TInt32> count, Shape shape) {
    int[] sizes = new int[shape.numDimensions()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) shape.get(i);
    }
    return tf.concat(
        List.of(tf.expandDims(count, tf.constant(0)), tf.constant(sizes)), tf.constant(0));
  }
}
