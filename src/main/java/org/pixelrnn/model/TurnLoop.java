package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.StatelessWhile;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * A loop inside the graph that draws images turn by turn: a row at a time, or in {@link Lanes}
 * several.
 */
final class TurnLoop implements AutoCloseable {
  private final Network network;
  private final RowFunction row;
  private final Lanes lanes;
  private final ConcreteFunction goesOn;
  private final ConcreteFunction next;

  TurnLoop(Network network, RowFunction row) {
    this.network = network;
    this.row = row;
    this.lanes = row.lanes();
    this.goesOn = GraphFunction.create("turns_are_left", this::goesOn);
    this.next = GraphFunction.create("take_next_turn", this::next);
  }

  /**
   * What goes round.
   *
   * @param turn the next one's number, {@code []}
   * @param firstImage as in {@link RowDrawing.Inputs}
   * @param images {@code [turns, lanes · n, columns, channels]} as {@link Lanes#byTurns} puts them,
   *     in a queue: first what is known of this turn and those to come, then what is drawn
   * @param known {@code [turns, lanes · n, columns, 1]}
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}
   * @param state what earlier turns have left
   * @param weights the values of {@link RowFunction#prepared}
   */
  record Turn(
      Operand<TInt32> turn,
      Operand<TInt32> firstImage,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature,
      List<Operand<TFloat32>> state,
      List<Operand<TFloat32>> weights) {

    private List<Operand<?>> inOrder() {
      return ImmutableList.<Operand<?>>builder()
          .add(turn, firstImage, images, known, seed, temperature)
          .addAll(state)
          .addAll(weights)
          .build();
    }
  }

  /** Goes round until the last turn, or not at all if there are no images; returns the images. */
  Operand<TUint8> run(Ops tf, Turn first) {
    Operand<TUint8> images =
        StatelessWhile.create(Drawing.onCpu(tf).scope(), first.inOrder(), goesOn, next)
            .output()
            .get(2)
            .expect(TUint8.class);
    return tf.ensureShape(images, ofTurns(network.shape().channels()));
  }

  @Override
  public void close() {
    next.close();
    goesOn.close();
  }

  private int turns() {
    return lanes.turns(network.shape().height());
  }

  private Shape ofTurns(int features) {
    return Shape.of(turns(), Shape.UNKNOWN_SIZE, lanes.columns(), features);
  }

  private Turn turn(GraphFunction arguments) {
    return new Turn(
        arguments.argument(TInt32.class),
        arguments.argument(TInt32.class),
        arguments.argument(TUint8.class, ofTurns(network.shape().channels()).asArray()),
        arguments.argument(TBool.class, ofTurns(1).asArray()),
        arguments.argument(TInt64.class),
        arguments.argument(TFloat32.class),
        State.arguments(arguments, network.state(lanes)),
        row.prepared().stream()
            .<Operand<TFloat32>>map(p -> arguments.argument(TFloat32.class, p.shape().asArray()))
            .toList());
  }

  private List<? extends Operand<?>> goesOn(GraphFunction arguments) {
    Ops tf = arguments.tf();
    Turn turn = turn(arguments);
    return List.of(
        tf.math.logicalAnd(
            tf.math.less(turn.turn, tf.constant(turns())),
            tf.math.greater(tf.size(turn.images), tf.constant(0))));
  }

  private List<? extends Operand<?>> next(GraphFunction arguments) {
    Ops tf = arguments.tf();
    Turn turn = turn(arguments);
    ImageDrawing.DrawnRow drawn =
        row.call(
            tf,
            new RowDrawing.Inputs(
                turn.state,
                turn.turn,
                turn.firstImage,
                tf.gather(turn.images, tf.constant(0), tf.constant(0)),
                tf.squeeze(
                    tf.gather(turn.known, turn.turn, tf.constant(0)), Squeeze.axis(List.of(2L))),
                turn.seed,
                turn.temperature),
            turn.weights);
    Operand<TUint8> toCome =
        tf.slice(
            turn.images,
            tf.constant(new int[] {1, 0, 0, 0}),
            tf.constant(new int[] {-1, -1, -1, -1}));
    return new Turn(
            tf.math.add(turn.turn, tf.constant(1)),
            turn.firstImage,
            tf.concat(
                List.of(toCome, tf.expandDims(drawn.levels(), tf.constant(0))), tf.constant(0)),
            turn.known,
            turn.seed,
            turn.temperature,
            drawn.state(),
            turn.weights)
        .inOrder();
  }
}
