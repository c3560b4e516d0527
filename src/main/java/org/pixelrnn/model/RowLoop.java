package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StatelessWhile;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** A loop inside the graph that draws the rows of images one after the other. */
final class RowLoop implements AutoCloseable {
  private final Network network;
  private final RowFunction row;
  private final ConcreteFunction goesOn;
  private final ConcreteFunction next;

  RowLoop(Network network, RowFunction row) {
    this.network = network;
    this.row = row;
    this.goesOn = GraphFunction.create("rows_are_left", this::goesOn);
    this.next = GraphFunction.create("draw_next_row", this::next);
  }

  /**
   * What goes round.
   *
   * @param row the next row's number, {@code []}
   * @param firstImage as in {@link RowDrawing.Inputs}
   * @param images {@code [n, height, width, channels]}: the rows above are drawn, the others hold
   *     what is known
   * @param known {@code [n, height, width]}
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}
   * @param state what the rows above have left
   * @param weights of the network
   */
  record Turn(
      Operand<TInt32> row,
      Operand<TInt32> firstImage,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature,
      List<Operand<TFloat32>> state,
      Weights weights) {

    private List<Operand<?>> inOrder(Network network) {
      return ImmutableList.<Operand<?>>builder()
          .add(row, firstImage, images, known, seed, temperature)
          .addAll(state)
          .addAll(network.weights().stream().map(weights::of).toList())
          .build();
    }
  }

  /** Goes round until the last row, or not at all if there are no images; returns the images. */
  Operand<TUint8> run(Ops tf, Turn first) {
    return StatelessWhile.create(tf.scope(), first.inOrder(network), goesOn, next)
        .output()
        .get(2)
        .expect(TUint8.class);
  }

  @Override
  public void close() {
    next.close();
    goesOn.close();
  }

  private Turn turn(GraphFunction arguments) {
    ImageShape shape = network.shape();
    int height = shape.height();
    int width = shape.width();
    return new Turn(
        arguments.argument(TInt32.class),
        arguments.argument(TInt32.class),
        arguments.argument(TUint8.class, Shape.UNKNOWN_SIZE, height, width, shape.channels()),
        arguments.argument(TBool.class, Shape.UNKNOWN_SIZE, height, width),
        arguments.argument(TInt64.class),
        arguments.argument(TFloat32.class),
        NetworkArguments.states(arguments, network),
        NetworkArguments.weights(arguments, network));
  }

  private List<? extends Operand<?>> goesOn(GraphFunction arguments) {
    Ops tf = arguments.tf();
    Turn turn = turn(arguments);
    return List.of(
        tf.math.logicalAnd(
            tf.math.less(turn.row, tf.constant(network.shape().height())),
            tf.math.greater(tf.size(turn.images), tf.constant(0))));
  }

  private List<? extends Operand<?>> next(GraphFunction arguments) {
    Ops tf = arguments.tf();
    Turn turn = turn(arguments);
    ImageDrawing.DrawnRow drawn =
        row.call(
            new Pass(tf, turn.weights),
            new RowDrawing.Inputs(
                turn.state,
                turn.row,
                turn.firstImage,
                tf.gather(turn.images, turn.row, tf.constant(1)),
                tf.gather(turn.known, turn.row, tf.constant(1)),
                turn.seed,
                turn.temperature));
    int height = network.shape().height();
    Operand<TBool> isThisRow =
        tf.reshape(
            tf.math.equal(tf.range(tf.constant(0), tf.constant(height), tf.constant(1)), turn.row),
            tf.constant(new int[] {1, height, 1, 1}));
    return new Turn(
            tf.math.add(turn.row, tf.constant(1)),
            turn.firstImage,
            tf.select(isThisRow, tf.expandDims(drawn.levels(), tf.constant(1)), turn.images),
            turn.known,
            turn.seed,
            turn.temperature,
            drawn.state(),
            turn.weights)
        .inOrder(network);
  }
}
