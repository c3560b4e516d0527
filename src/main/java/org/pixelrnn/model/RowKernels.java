package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weights of a {@link MaskedConvolution} as a {@link MaskedConvolutionRow} uses them.
 *
 * @param above the taps of the rows above, one row's features after the other's, {@code [columns,
 *     1, (rows - 1) · in, out]}, the outputs group by group; if they are seen at once
 * @param beforeCentre the taps before the centre that are seen pixel by pixel, {@code [taps · in,
 *     out]}, the outputs group by group; if there are several groups, for all of which they are the
 *     same
 * @param ofGroups by group: its columns of the same and of what it sees of the centre, or the
 *     latter alone where there is {@code beforeCentre}, {@code [taps seen · in, out / C]}
 * @param biases by group, {@code [out / C]}
 */
record RowKernels(
    Optional<Operand<TFloat32>> above,
    Optional<Operand<TFloat32>> beforeCentre,
    List<Operand<TFloat32>> ofGroups,
    List<Operand<TFloat32>> biases) {

  /** All of a convolution's, which are made once, before the first pixel. */
  static RowKernels of(Pass pass, MaskedConvolution convolution) {
    Taps taps = convolution.taps();
    int channels = taps.features().channels();
    boolean together = channels > 1 && taps.alongRow() > 0;
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    List<Operand<TFloat32>> biases = new ArrayList<>();
    for (int group = 0; group < channels; group++) {
      kernels.add(pass.prepared(kernel(convolution, group, together ? 0 : taps.alongRow())));
      biases.add(pass.prepared(bias(convolution, group)));
    }
    return new RowKernels(
        taps.seeAboveAtOnce() ? Optional.of(pass.prepared(above(convolution))) : Optional.empty(),
        together ? Optional.of(pass.prepared(beforeCentre(convolution))) : Optional.empty(),
        kernels,
        biases);
  }

  /** What a group sees: so many inputs before the centre, and of the centre. */
  private static Prepared kernel(MaskedConvolution convolution, int group, int before) {
    Taps taps = convolution.taps();
    Features features = taps.features();
    int size = before + taps.atCentre(group);
    return new Prepared(
        convolution.name() + "/kernel_of_group" + group,
        Shape.of(size, features.out() / features.channels()),
        p -> of(p.tf(), features, group, some(p, convolution, taps.before() - before, size), 1));
  }

  private static Prepared bias(MaskedConvolution convolution, int group) {
    Features features = convolution.taps().features();
    return new Prepared(
        convolution.name() + "/bias_of_group" + group,
        Shape.of(features.out() / features.channels()),
        p -> of(p.tf(), features, group, convolution.bias(p), 0));
  }

  private static Prepared above(MaskedConvolution convolution) {
    Taps taps = convolution.taps();
    Features features = taps.features();
    int columns = taps.columns();
    int rows = taps.rows() - 1;
    int inputs = rows * features.in();
    return new Prepared(
        convolution.name() + "/kernel_above",
        Shape.of(columns, 1, inputs, features.out()),
        p -> {
          Ops tf = p.tf();
          Operand<TFloat32> kernel =
              tf.reshape(
                  groupByGroup(tf, features, some(p, convolution, 0, columns * inputs)),
                  tf.constant(new int[] {rows, columns, features.in(), features.out()}));
          return tf.reshape(
              tf.linalg.transpose(kernel, tf.constant(new int[] {1, 0, 2, 3})),
              tf.constant(new int[] {columns, 1, inputs, features.out()}));
        });
  }

  private static Prepared beforeCentre(MaskedConvolution convolution) {
    Taps taps = convolution.taps();
    int size = taps.alongRow();
    return new Prepared(
        convolution.name() + "/kernel_before_centre",
        Shape.of(size, taps.features().out()),
        p ->
            groupByGroup(
                p.tf(), taps.features(), some(p, convolution, taps.before() - size, size)));
  }

  /** The masked kernel's taps in order, of which some inputs, {@code [size, out]}. */
  private static Operand<TFloat32> some(
      Pass pass, MaskedConvolution convolution, int first, int size) {
    Ops tf = pass.tf();
    Taps taps = convolution.taps();
    Features features = taps.features();
    int inputs = taps.rows() * taps.columns() * features.in();
    return tf.slice(
        tf.reshape(convolution.kernel(pass), tf.constant(new int[] {inputs, features.out()})),
        tf.constant(new int[] {first, 0}),
        tf.constant(new int[] {size, features.out()}));
  }

  /** Columns so ordered that each group's lie side by side. */
  private static Operand<TFloat32> groupByGroup(
      Ops tf, Features features, Operand<TFloat32> kernel) {
    if (features.channels() == 1) {
      return kernel;
    }
    int[] order =
        IntStream.range(0, features.channels())
            .flatMap(group -> IntStream.of(features.outputsOf(group)))
            .toArray();
    return tf.gather(kernel, tf.constant(order), tf.constant(1));
  }

  /** The outputs of a group, from an axis of all. */
  private static Operand<TFloat32> of(
      Ops tf, Features features, int group, Operand<TFloat32> all, int axis) {
    return features.channels() == 1
        ? all
        : tf.gather(all, tf.constant(features.outputsOf(group)), tf.constant(axis));
  }
}
