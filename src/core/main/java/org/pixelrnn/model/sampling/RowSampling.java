package org.pixelrnn.model.sampling;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.NetworkRow;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.layer.Lanes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The operations that sample one row of n images, sub-pixel by sub-pixel, from the network's
 * softmax. In {@link Lanes} they sample one block of a row in each lane.
 *
 * <p>A level is sampled by the Gumbel-max trick: {@code argmax_k (logits_k + T · g_k)} with {@code
 * g_k = -log(-log u_k)} has the distribution {@code softmax(logits / T)}. At T = 0 it is the most
 * likely level. {@link SeededUniform} says where the u of a seed come from.
 *
 * @param row the sampled row; its state is {@link Network#layerState}
 * @param logits the logits of each sub-pixel in order, {@code [n, levels]} each
 */
record RowSampling(SampledRow row, List<Operand<TFloat32>> logits) {

  /**
   * Adds the operations.
   *
   * @param lanes {@link Lanes#one}, or {@link Network#lanes()}; with several, read {@code lanes ·
   *     n} for n and the columns of one lane for the width, in the inputs and in the result
   */
  static RowSampling of(BuildContext context, Network network, Lanes lanes, RowArguments inputs) {
    Ops tf = context.tf();
    int channels = network.shape().channels();
    int subPixels = lanes.columns() * channels;
    Operand<TInt32> n = tf.math.div(BatchSize.of(tf, inputs.levels()), tf.constant(lanes.count()));

    List<Operand<TFloat32>> noise = unstack(tf, inputs.noise(), subPixels);
    List<Operand<TInt32>> knownLevels =
        unstack(
            tf,
            tf.reshape(
                tf.dtypes.cast(inputs.levels(), TInt32.class),
                tf.constant(new int[] {-1, subPixels})),
            subPixels);
    List<Operand<TBool>> known = unstack(tf, inputs.known(), lanes.columns());

    NetworkRow networkRow =
        network.row(context, lanes, inputs.condition(), inputs.state(), inputs.turn(), n);
    List<Operand<TFloat32>> logits = new ArrayList<>();
    List<Operand<TInt32>> levels = new ArrayList<>();
    for (int i = 0; i < subPixels; i++) {
      Operand<TFloat32> ofSubPixel = networkRow.logits(i / channels, i % channels);
      Operand<TInt32> sampled =
          tf.math.argMax(tf.math.add(ofSubPixel, noise.get(i)), tf.constant(1), TInt32.class);
      Operand<TInt32> level = tf.select(known.get(i / channels), knownLevels.get(i), sampled);
      networkRow.see(level);
      logits.add(ofSubPixel);
      levels.add(level);
    }
    Operand<TInt32> row =
        tf.reshape(
            tf.stack(levels, Stack.axis(1L)),
            tf.constant(new int[] {-1, lanes.columns(), channels}));
    return new RowSampling(
        new SampledRow(tf.dtypes.cast(row, TUint8.class), networkRow.finish()),
        List.copyOf(logits));
  }

  private static <T extends TType> List<Operand<T>> unstack(Ops tf, Operand<T> x, int count) {
    return tf.unstack(x, (long) count, Unstack.axis(1L)).output().stream()
        .<Operand<T>>map(o -> o)
        .toList();
  }
}
