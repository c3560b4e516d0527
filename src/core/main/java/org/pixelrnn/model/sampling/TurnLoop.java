package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowwiseNetwork;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.StatelessWhile;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A loop inside the graph that samples whole images, one turn after another. With one lane a turn
 * is a row. With several {@link Lanes} a turn is one block of several rows: the number in each
 * block is the turn at which it is sampled.
 *
 * <pre>
 *   3 rows in 3 lanes, 5 turns
 *
 *             lane 0  lane 1  lane 2
 *   row 0        0       1       2
 *   row 1        1       2       3
 *   row 2        2       3       4
 * </pre>
 *
 * <p>The loop carries the images as a queue of turns. Each turn takes its known pixels (k) from the
 * front and puts the sampled pixels (s) at the back. After the last turn, the queue holds the
 * sampled turns in order.
 *
 * <pre>
 *   before turn 0    k0 k1 k2 k3 k4
 *   before turn 1    k1 k2 k3 k4 s0
 *   before turn 2    k2 k3 k4 s0 s1
 *   at the end       s0 s1 s2 s3 s4
 * </pre>
 */
final class TurnLoop implements AutoCloseable {
  /** The beginning of the name of the loop's body. */
  static final String BODY = "next_turn";

  private final Network network;
  private final RowSamplingFunction row;
  private final Lanes lanes;
  private final TurnNoise noise;
  private final ConcreteFunction turnsLeft;
  private final ConcreteFunction nextTurn;

  /**
   * Builds the loop's functions.
   *
   * @param row the function that samples one turn; it must stay open as long as this
   */
  TurnLoop(Network network, RowSamplingFunction row) {
    this.network = network;
    this.row = row;
    this.lanes = row.lanes();
    this.noise = new TurnNoise(network, lanes);
    try (BuildGuard guard = new BuildGuard()) {
      turnsLeft = guard.made(GraphFunction.create("turns_left", this::turnsLeft));
      nextTurn = guard.made(GraphFunction.create(BODY, this::nextTurn));
      guard.allBuilt();
    }
  }

  /**
   * What the loop carries from turn to turn.
   *
   * @param turn the number of the next turn, {@code []}
   * @param firstImage the index of the first of these images in the whole batch, {@code []}. Random
   *     numbers depend on an image's index in the whole batch, so a batch gives the same images in
   *     one part as in several.
   * @param given images: the queue, {@code [turns, lanes · n, columns, channels]}; known: {@code
   *     [turns, lanes · n, columns, 1]}, in the order of {@link Lanes#byTurns}
   * @param noise the random numbers that earlier turns have left, see {@link TurnNoise}
   * @param state what earlier turns have left
   * @param weights the values of {@link RowSamplingFunction#weights}
   */
  private record Turn(
      Operand<TInt32> turn,
      Operand<TInt32> firstImage,
      SamplingInputs given,
      List<Operand<TFloat32>> noise,
      List<Operand<TFloat32>> state,
      List<Operand<TFloat32>> weights) {

    List<Operand<?>> inOrder() {
      return ImmutableList.<Operand<?>>builder()
          .add(turn, firstImage)
          .addAll(given.inOrder())
          .addAll(noise)
          .addAll(state)
          .addAll(weights)
          .build();
    }
  }

  /**
   * Samples all turns of n images. If there are no images, it runs no turn.
   *
   * @param firstImage as in {@link Turn}
   * @param inputs of whole images
   * @param state the state above the first row, as {@link RowwiseNetwork#state(Lanes)}
   * @param weights the values of {@link RowSamplingFunction#weights}
   * @return level indices, {@code [n, height, width, channels]}
   */
  Operand<TUint8> sample(
      Ops tf,
      Operand<TInt32> firstImage,
      SamplingInputs inputs,
      List<Operand<TFloat32>> state,
      List<Operand<TFloat32>> weights) {
    ImageShape shape = network.shape();
    Turn first =
        new Turn(
            tf.constant(0),
            firstImage,
            inputs.withImages(
                lanes.byTurns(tf, inputs.images(), shape.height(), shape.channels()),
                lanes.byTurns(
                    tf, tf.expandDims(inputs.known(), tf.constant(3)), shape.height(), 1)),
            noise.start(tf, inputs.images()),
            state,
            weights);
    Operand<TUint8> queue =
        StatelessWhile.create(
                RowSamplingFunction.onCpu(tf).scope(), first.inOrder(), turnsLeft, nextTurn)
            .output()
            .get(2)
            .expect(TUint8.class);
    return lanes.fromTurns(
        tf,
        tf.ensureShape(queue, queueShape(shape.channels())),
        shape.height(),
        shape.channels(),
        BatchSize.of(tf, inputs.images()));
  }

  @Override
  public void close() {
    nextTurn.close();
    turnsLeft.close();
  }

  private int turns() {
    return lanes.turns(network.shape().height());
  }

  private Shape queueShape(int features) {
    return Shape.of(turns(), Shape.UNKNOWN_SIZE, lanes.columns(), features);
  }

  /** The arguments of both functions, in the order of {@link Turn#inOrder}. */
  private Turn arguments(GraphFunction function) {
    return new Turn(
        function.argument(TInt32.class),
        function.argument(TInt32.class),
        SamplingInputs.arguments(function, queueShape(network.shape().channels()), queueShape(1)),
        noise.arguments(function),
        RowState.arguments(function, network.rows().state(lanes)),
        row.weightArguments(function));
  }

  private List<? extends Operand<?>> turnsLeft(GraphFunction function) {
    Ops tf = function.tf();
    Turn turn = arguments(function);
    return List.of(
        tf.math.logicalAnd(
            tf.math.less(turn.turn, tf.constant(turns())),
            tf.math.greater(tf.size(turn.given.images()), tf.constant(0))));
  }

  private List<? extends Operand<?>> nextTurn(GraphFunction function) {
    Ops tf = function.tf();
    Turn turn = arguments(function);
    Operand<TUint8> queue = turn.given.images();
    SamplingInputs ofTurn =
        turn.given.withImages(
            tf.gather(queue, tf.constant(0), tf.constant(0)),
            tf.squeeze(
                tf.gather(turn.given.known(), turn.turn, tf.constant(0)),
                Squeeze.axis(List.of(2L))));
    Ops onCpu = RowSamplingFunction.onCpu(tf);
    Operand<TInt32> n =
        onCpu.math.div(BatchSize.of(onCpu, ofTurn.images()), onCpu.constant(lanes.count()));
    TurnNoise.OfTurn random =
        noise.ofTurn(
            onCpu,
            new SeededUniform(network, ofTurn.seed(), turn.firstImage, n),
            turn.noise,
            turn.turn);
    SampledRow sampled =
        row.turn(tf, new TurnInputs(turn.turn, random.uniform(), ofTurn, turn.state), turn.weights);
    Operand<TUint8> rest =
        tf.slice(
            queue, tf.constant(new int[] {1, 0, 0, 0}), tf.constant(new int[] {-1, -1, -1, -1}));
    Operand<TUint8> back = tf.expandDims(sampled.levels(), tf.constant(0));
    return new Turn(
            tf.math.add(turn.turn, tf.constant(1)),
            turn.firstImage,
            turn.given.withImages(
                tf.concat(List.of(rest, back), tf.constant(0)), turn.given.known()),
            random.waiting(),
            sampled.state(),
            turn.weights)
        .inOrder();
  }
}
