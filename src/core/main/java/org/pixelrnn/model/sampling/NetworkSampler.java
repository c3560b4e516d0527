package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowwiseNetwork;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.EmptyBatch;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.NodeDefOrBuilder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Samples images from one {@link Network} as graph operations: whole images, with several rows at a
 * time if the network allows it (see {@link Lanes}), or one row at a time.
 *
 * <p>The weights are arguments of its graph functions, so the same functions serve any weights. A
 * graph keeps copies of the functions: close this as soon as the graphs are built.
 */
public final class NetworkSampler implements GraphSampler {
  private final Network network;
  private final Lanes oneLane;
  private final RowSamplingFunction turn;
  private final BatchLoop inLanes;

  /** Present if many images are sampled row by row. */
  private final Optional<LanesOrRows> choice;

  /** The function that samples one row; null until it is needed. */
  private RowSamplingFunction row;

  /** Builds the functions that sample from a network. */
  public NetworkSampler(Network network) {
    this(network, LanesOrRows.manyImages(network));
  }

  /**
   * Builds the functions.
   *
   * @param manyImages the number of images from which on they may be sampled row by row
   */
  NetworkSampler(Network network, int manyImages) {
    this.network = network;
    this.oneLane = Lanes.one(network.shape().width());
    try (BuildGuard guard = new BuildGuard()) {
      turn = guard.made(new RowSamplingFunction(network, network.rows().lanes()));
      inLanes = guard.made(new BatchLoop(network, turn));
      if (!turn.lanes().equals(oneLane) && RowSamplingFunction.isUnrolled(network, oneLane)) {
        row = guard.made(new RowSamplingFunction(network, oneLane));
        choice = Optional.of(guard.made(new LanesOrRows(network, manyImages, turn, inLanes, row)));
      } else {
        choice = Optional.empty();
      }
      guard.allBuilt();
    }
  }

  /**
   * The state above the first row of new images, for a network that is not conditioned.
   *
   * @param count the number of images, {@code []}
   * @return as {@link RowwiseNetwork#state()}, but with the images first: {@code [n, columns,
   *     features]}
   */
  public List<Operand<TFloat32>> start(Ops tf, Operand<TInt32> count) {
    return zerosOfImages(tf, count, network.rows().state());
  }

  /**
   * The state above the first row of new images, for a conditioned network.
   *
   * @param small the small images, {@code [n, height / factor, width / factor, channels]}
   * @return as {@link #start(Ops, Operand)}; the condition is the last part
   */
  public List<Operand<TFloat32>> start(BuildContext context, Operand<TUint8> small) {
    Ops tf = context.tf();
    List<RowState> layers = network.rows().layerState(oneLane);
    Operand<TFloat32> condition =
        network.rows().conditionState(tf, upsampled(context, small), oneLane);
    return ImmutableList.<Operand<TFloat32>>builder()
        .addAll(zerosOfImages(tf, BatchSize.of(tf, small), layers))
        .add(RowArguments.swapped(tf, condition))
        .build();
  }

  /**
   * Samples one row of each image, given the state that the rows above have left. The rows may be
   * at different heights.
   *
   * @return the levels, and the state in the shapes of {@link #start}
   */
  public SampledRow nextRow(BuildContext context, RowInputs inputs) {
    if (row == null) {
      row = turn.lanes().equals(oneLane) ? turn : new RowSamplingFunction(network, oneLane);
    }
    return row.rows(context.tf(), inputs, row.weights(context));
  }

  /** Samples whole images from a network that is not conditioned. */
  @Override
  public Operand<TUint8> sample(BuildContext context, SamplingInputs inputs) {
    return sample(context, inputs, Optional.empty());
  }

  /**
   * Samples whole images from a conditioned network.
   *
   * @param small the small images, {@code [n, height / factor, width / factor, channels]}
   */
  Operand<TUint8> sample(BuildContext context, Operand<TUint8> small, SamplingInputs inputs) {
    return sample(context, inputs, Optional.of(upsampled(context, small)));
  }

  private Operand<TUint8> sample(
      BuildContext context, SamplingInputs inputs, Optional<Operand<TFloat32>> upsampled) {
    Ops tf = context.tf();
    List<Operand<TFloat32>> ofTurn = turn.weights(context);
    return choice
        .map(either -> either.sample(tf, inputs, upsampled, ofTurn, row.weights(context)))
        .orElseGet(() -> inLanes.sample(tf, inputs, upsampled, ofTurn));
  }

  @Override
  public void close() {
    choice.ifPresent(LanesOrRows::close);
    inLanes.close();
    turn.close();
    if (row != null && row != turn) {
      row.close();
    }
  }

  /** True for a node of a graph that samples whole images: a loop, or the choice of one. */
  public static boolean samplesWholeImages(NodeDefOrBuilder node) {
    String function =
        switch (node.getOp()) {
          case "StatelessIf" -> node.getAttrOrThrow("then_branch").getFunc().getName();
          case "StatelessWhile" -> node.getAttrOrThrow("body").getFunc().getName();
          default -> "";
        };
    return samplesManyImages(function) || function.startsWith(TurnLoop.BODY);
  }

  /** True for the name of the function that samples many images. */
  public static boolean samplesManyImages(String function) {
    return function.startsWith(LanesOrRows.MANY);
  }

  /** The maps that the network makes of small images, {@code [n, height, width, features]}. */
  private Operand<TFloat32> upsampled(BuildContext context, Operand<TUint8> small) {
    Ops tf = context.tf();
    return EmptyBatch.cut(
        tf, network.upsampled(context, EmptyBatch.padded(tf, small)), BatchSize.of(tf, small));
  }

  /** States of zeros with the images first, {@code [count, columns, features]}. */
  private static List<Operand<TFloat32>> zerosOfImages(
      Ops tf, Operand<TInt32> count, List<RowState> states) {
    return states.stream()
        .<Operand<TFloat32>>map(
            state -> {
              Operand<TInt32> size =
                  tf.stack(
                      List.of(count, tf.constant(state.columns()), tf.constant(state.features())));
              return tf.ensureShape(tf.fill(size, tf.constant(0f)), state.shapeInSignature());
            })
        .toList();
  }
}
