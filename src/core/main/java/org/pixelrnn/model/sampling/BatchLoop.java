package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Samples a batch of whole images: all {@link ParallelPart}s at once, each in a {@link TurnLoop}.
 */
final class BatchLoop implements AutoCloseable {
  private final Network network;
  private final Lanes lanes;
  private final TurnLoop loop;

  /**
   * Builds the loop's functions.
   *
   * @param turn the function that samples one turn; it must stay open as long as this
   */
  BatchLoop(Network network, RowSamplingFunction turn) {
    this.network = network;
    this.lanes = turn.lanes();
    this.loop = new TurnLoop(network, turn);
  }

  /**
   * Samples a batch.
   *
   * @param inputs of whole images
   * @param upsampled the maps that the network makes of small images, {@code [n, height, width,
   *     features]}; empty if it is not conditioned
   * @param weights the values of {@link RowSamplingFunction#weights}
   * @return level indices, {@code [n, height, width, channels]}
   */
  Operand<TUint8> sample(
      Ops tf,
      SamplingInputs inputs,
      Optional<Operand<TFloat32>> upsampled,
      List<Operand<TFloat32>> weights) {
    List<Operand<TUint8>> sampled = new ArrayList<>();
    for (ParallelPart part : ParallelPart.all(tf, BatchSize.of(tf, inputs.images()))) {
      List<Operand<TFloat32>> state =
          start(tf, part.size(), upsampled.map(maps -> part.of(tf, maps)));
      sampled.add(loop.sample(tf, part.first(), part.of(tf, inputs), state, weights));
    }
    ImageShape shape = network.shape();
    return tf.ensureShape(
        tf.concat(sampled, tf.constant(0)),
        Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width(), shape.channels()));
  }

  @Override
  public void close() {
    loop.close();
  }

  /** The state above the first row. The condition is its last part; all others begin at zero. */
  private List<Operand<TFloat32>> start(
      Ops tf, Operand<TInt32> count, Optional<Operand<TFloat32>> upsampled) {
    ImmutableList.Builder<Operand<TFloat32>> state = ImmutableList.builder();
    Operand<TInt32> images = tf.math.mul(count, tf.constant(lanes.count()));
    for (RowState part : network.rows().layerState(lanes)) {
      Operand<TInt32> size =
          tf.stack(List.of(tf.constant(part.columns()), images, tf.constant(part.features())));
      state.add(tf.ensureShape(tf.fill(size, tf.constant(0f)), part.shape()));
    }
    upsampled.ifPresent(maps -> state.add(network.rows().conditionState(tf, maps, lanes)));
    return state.build();
  }
}
