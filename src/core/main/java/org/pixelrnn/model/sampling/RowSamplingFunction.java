package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowwiseNetwork;
import org.pixelrnn.model.graph.ArgumentWeightSource;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.DerivedWeight;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * {@link RowSampling} as a graph function. A graph holds the operations of a row once, however many
 * places in it sample rows.
 *
 * <p>The weights are arguments of the function, so it samples with whatever weights the caller has.
 */
final class RowSamplingFunction implements AutoCloseable {
  /**
   * The most sub-pixels, counted once for each layer, that are sampled without a loop. A loop costs
   * a little time in each row, and saves seconds before the first one.
   */
  private static final int MOST_UNROLLED = 256;

  /** The sub-pixels of a block in a loop, counted once for each layer. */
  private static final int BLOCK = 72;

  private final Network network;
  private final Lanes lanes;
  private final ConcreteFunction function;
  private List<DerivedWeight> weights = List.of();

  /**
   * Builds the function.
   *
   * @param lanes {@link Lanes#one}, or {@link RowwiseNetwork#lanes()}
   */
  RowSamplingFunction(Network network, Lanes lanes) {
    this.network = network;
    this.lanes = lanes;
    this.function = GraphFunction.create("sample_row", this::results);
  }

  /**
   * Places operations on the CPU, even if there is a GPU. The operations of single pixels are too
   * small for a GPU; and the body of a loop must be on one device, but GPUs have no kernels for
   * uint8 levels.
   */
  static Ops onCpu(Ops tf) {
    return tf.withDevice(
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.CPU).deviceIndex(0).build());
  }

  /** The lanes that the function samples in. */
  Lanes lanes() {
    return lanes;
  }

  /** The values of the weights, and of tensors made of weights, that the function takes. */
  List<Operand<TFloat32>> weights(BuildContext context) {
    return weights.stream().map(context::derived).toList();
  }

  /** The next arguments of another graph function, for the values of {@link #weights}. */
  List<Operand<TFloat32>> weightArguments(GraphFunction caller) {
    return weights.stream()
        .<Operand<TFloat32>>map(weight -> caller.argument(TFloat32.class, weight.shape().asArray()))
        .toList();
  }

  /**
   * Samples one turn: one row, or one block of a row in each lane.
   *
   * @param values the values of {@link #weights}
   */
  SampledRow turn(Ops tf, TurnInputs inputs, List<Operand<TFloat32>> values) {
    SampledRow sampled = call(tf, RowArguments.of(onCpu(tf), network, lanes, inputs), values);
    List<Operand<TFloat32>> state = new ArrayList<>(inputs.state());
    for (int i = 0; i < sampled.state().size(); i++) {
      state.set(i, sampled.state().get(i));
    }
    return new SampledRow(sampled.levels(), List.copyOf(state));
  }

  /**
   * Samples one row of each image. The function must have one lane.
   *
   * @param values the values of {@link #weights}
   */
  SampledRow rows(Ops tf, RowInputs inputs, List<Operand<TFloat32>> values) {
    Ops onCpu = onCpu(tf);
    SampledRow sampled = call(tf, RowArguments.of(onCpu, network, inputs), values);
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (int i = 0; i < inputs.state().size(); i++) {
      // The condition stays. An identity, because no tensor may be fed and fetched in one call.
      state.add(
          i < sampled.state().size()
              ? RowArguments.swapped(onCpu, sampled.state().get(i))
              : onCpu.identity(inputs.state().get(i)));
    }
    return new SampledRow(sampled.levels(), List.copyOf(state));
  }

  /** Calls the function. The state of the result is {@link RowwiseNetwork#layerState}. */
  private SampledRow call(Ops tf, RowArguments inputs, List<Operand<TFloat32>> values) {
    List<Operand<?>> arguments =
        ImmutableList.<Operand<?>>builder().addAll(inputs.inOrder()).addAll(values).build();
    List<Class<? extends TType>> types = new ArrayList<>(List.of(TUint8.class));
    inputs.state().forEach(state -> types.add(TFloat32.class));
    List<Output<?>> results =
        PartitionedCall.create(onCpu(tf).scope(), arguments, types, function).output();
    ImmutableList.Builder<Operand<TFloat32>> state = ImmutableList.builder();
    List<RowState> states = network.rows().layerState(lanes);
    for (int i = 0; i < states.size(); i++) {
      state.add(tf.ensureShape(results.get(i + 1).expect(TFloat32.class), states.get(i).shape()));
    }
    return new SampledRow(
        tf.ensureShape(results.get(0).expect(TUint8.class), levelsShape()), state.build());
  }

  @Override
  public void close() {
    function.close();
  }

  private List<? extends Operand<?>> results(GraphFunction arguments) {
    RowArguments inputs = RowArguments.arguments(arguments, network, lanes);
    ArgumentWeightSource source = new ArgumentWeightSource(arguments);
    BuildContext context = new BuildContext(arguments.tf(), source);
    SampledRow row =
        RowSampling.of(context, network, lanes, blockColumns(network, lanes), inputs).row();
    weights = source.derivedWeights();
    return ImmutableList.<Operand<?>>builder().add(row.levels()).addAll(row.state()).build();
  }

  /** True if the function for these lanes has no loop over blocks of columns. */
  static boolean isUnrolled(Network network, Lanes lanes) {
    return blockColumns(network, lanes) == lanes.columns();
  }

  /** The number of columns of a block: few enough that its graph is built and started quickly. */
  private static int blockColumns(Network network, Lanes lanes) {
    int perColumn = network.shape().channels() * network.depth();
    return lanes.columns() * perColumn <= MOST_UNROLLED
        ? lanes.columns()
        : Math.max(1, BLOCK / perColumn);
  }

  private Shape levelsShape() {
    return Shape.of(Shape.UNKNOWN_SIZE, lanes.columns(), network.shape().channels());
  }
}
