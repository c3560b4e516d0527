package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.scan.GraphFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * A {@link RowDrawing} in lanes as a graph function, its weights among its arguments: a graph holds
 * its operations once, however many places draw rows.
 */
final class RowFunction implements AutoCloseable {
  private final Network network;
  private final Lanes lanes;
  private final ConcreteFunction function;
  private List<Prepared> prepared = List.of();

  RowFunction(Network network, Lanes lanes) {
    this.network = network;
    this.lanes = lanes;
    this.function = GraphFunction.create("draw_row", this::results);
  }

  Lanes lanes() {
    return lanes;
  }

  /** What of the weights the function takes, in order. */
  List<Prepared> prepared() {
    return prepared;
  }

  /** The values of {@link #prepared}. */
  List<Operand<TFloat32>> prepared(Pass pass) {
    return prepared.stream().map(pass::prepared).toList();
  }

  /**
   * Draws what lies in each lane at a turn, given the state that earlier ones have left.
   *
   * @param weights the values of {@link #prepared}
   */
  ImageDrawing.DrawnRow call(Ops tf, RowDrawing.Inputs inputs, List<Operand<TFloat32>> weights) {
    List<Operand<?>> arguments =
        ImmutableList.<Operand<?>>builder()
            .add(inputs.row(), inputs.firstImage(), inputs.knownLevels(), inputs.known())
            .add(inputs.seed(), inputs.temperature())
            .addAll(inputs.state())
            .addAll(weights)
            .build();
    List<Class<? extends TType>> types = new ArrayList<>(List.of(TUint8.class));
    inputs.state().forEach(state -> types.add(TFloat32.class));
    List<Output<?>> results =
        PartitionedCall.create(Drawing.onCpu(tf).scope(), arguments, types, function).output();
    ImmutableList.Builder<Operand<TFloat32>> state = ImmutableList.builder();
    List<State> states = network.state(lanes);
    for (int i = 0; i < states.size(); i++) {
      state.add(tf.ensureShape(results.get(i + 1).expect(TFloat32.class), states.get(i).shape()));
    }
    return new ImageDrawing.DrawnRow(
        tf.ensureShape(
            results.get(0).expect(TUint8.class),
            Shape.of(Shape.UNKNOWN_SIZE, lanes.columns(), network.shape().channels())),
        state.build());
  }

  @Override
  public void close() {
    function.close();
  }

  private List<? extends Operand<?>> results(GraphFunction arguments) {
    int channels = network.shape().channels();
    Operand<TInt32> row = arguments.argument(TInt32.class);
    Operand<TInt32> firstImage = arguments.argument(TInt32.class);
    Operand<TUint8> levels =
        arguments.argument(TUint8.class, Shape.UNKNOWN_SIZE, lanes.columns(), channels);
    Operand<TBool> known = arguments.argument(TBool.class, Shape.UNKNOWN_SIZE, lanes.columns());
    Operand<TInt64> seed = arguments.argument(TInt64.class);
    Operand<TFloat32> temperature = arguments.argument(TFloat32.class);
    List<Operand<TFloat32>> state = State.arguments(arguments, network.state(lanes));
    FunctionWeights weights = new FunctionWeights(arguments);
    Pass pass = new Pass(arguments.tf(), weights);
    RowDrawing drawn =
        RowDrawing.of(
            pass,
            network,
            lanes,
            new RowDrawing.Inputs(state, row, firstImage, levels, known, seed, temperature));
    prepared = weights.asked();
    return ImmutableList.<Operand<?>>builder().add(drawn.levels()).addAll(drawn.state()).build();
  }
}
