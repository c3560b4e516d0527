package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.DerivedWeight;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weights of a {@link MaskedConvolution} in the form that {@link MaskedConvolutionRow} uses.
 * The taps of a 5×5 and of a 3×3 kernel go into these matrices:
 *
 * <pre>
 *   5×5   a  a  a  a  a       above          a and r      one convolution for all pixels of a row
 *         a  a  a  r  r       beforeCentre   r and t      a matrix product for each pixel
 *         t  t  c             centres        c            a matrix product for each group
 *
 *   3×3   t  t  t             beforeCentre   t
 *         t  c                centres        c
 * </pre>
 *
 * <p>The r taps are in both matrices of a 5×5 kernel, because they may lie in the next lane. An
 * image of one channel has a single group; then {@code centres} holds the taps of {@code
 * beforeCentre} too, and a pixel needs only one product.
 *
 * @param above the taps of the rows above, {@code [columns, 1, (rows - 1) · in, out]}: the features
 *     of all rows lie side by side. The outputs are in the order of groups. Empty unless {@link
 *     MaskGeometry#rowsAboveAtOnce}
 * @param beforeCentre the taps before the centre that are taken pixel by pixel, {@code [taps · in,
 *     out]}. The outputs are in the order of groups. Empty if there is a single group, or no tap
 * @param centres by group: the inputs that it sees at the centre, {@code [inputs, out / C]}.
 *     Without {@code beforeCentre} the taps before the centre come first
 * @param biases by group, {@code [out / C]}
 */
record RowKernels(
    Optional<Operand<TFloat32>> above,
    Optional<Operand<TFloat32>> beforeCentre,
    List<Operand<TFloat32>> centres,
    List<Operand<TFloat32>> biases) {

  /** The matrices of a convolution, which are computed once, before the first pixel. */
  static RowKernels of(BuildContext context, MaskedConvolution convolution) {
    MaskGeometry geometry = convolution.geometry();
    int channels = geometry.features().channels();
    boolean separate = channels > 1 && geometry.inputsAlongRow() > 0;
    int inputsBefore = separate ? 0 : geometry.inputsAlongRow();
    List<Operand<TFloat32>> centres = new ArrayList<>();
    List<Operand<TFloat32>> biases = new ArrayList<>();
    for (int group = 0; group < channels; group++) {
      centres.add(context.derived(centre(convolution, group, inputsBefore)));
      biases.add(context.derived(bias(convolution, group)));
    }
    return new RowKernels(
        geometry.rowsAboveAtOnce()
            ? Optional.of(context.derived(above(convolution)))
            : Optional.empty(),
        separate ? Optional.of(context.derived(beforeCentre(convolution))) : Optional.empty(),
        centres,
        biases);
  }

  /** The biases of all groups, in the order of groups, {@code [out]}. */
  Operand<TFloat32> allBiases(Ops tf) {
    return biases.size() == 1 ? biases.get(0) : tf.concat(biases, tf.constant(0));
  }

  /**
   * The matrix of one group.
   *
   * @param inputsBefore the number of inputs before the centre that it includes
   */
  private static DerivedWeight centre(MaskedConvolution convolution, int group, int inputsBefore) {
    MaskGeometry geometry = convolution.geometry();
    Features features = geometry.features();
    int first = geometry.inputsBeforeCentre() - inputsBefore;
    int size = inputsBefore + geometry.inputsAtCentre(group);
    return new DerivedWeight(
        convolution.name() + "/kernel_of_group" + group,
        Shape.of(size, features.out() / features.channels()),
        context -> {
          Operand<TFloat32> inputs = inputs(context, convolution, first, size);
          return outputsOf(context.tf(), features, group, inputs, 1);
        });
  }

  private static DerivedWeight bias(MaskedConvolution convolution, int group) {
    Features features = convolution.geometry().features();
    return new DerivedWeight(
        convolution.name() + "/bias_of_group" + group,
        Shape.of(features.out() / features.channels()),
        context -> outputsOf(context.tf(), features, group, convolution.bias(context), 0));
  }

  private static DerivedWeight above(MaskedConvolution convolution) {
    MaskGeometry geometry = convolution.geometry();
    Features features = geometry.features();
    int columns = geometry.columns();
    int rows = geometry.rows() - 1;
    int inputsOfColumn = rows * features.in();
    return new DerivedWeight(
        convolution.name() + "/kernel_above",
        Shape.of(columns, 1, inputsOfColumn, features.out()),
        context -> {
          Ops tf = context.tf();
          Operand<TFloat32> inputs = inputs(context, convolution, 0, columns * inputsOfColumn);
          Operand<TFloat32> kernel =
              tf.reshape(
                  sortByGroup(tf, features, inputs),
                  tf.constant(new int[] {rows, columns, features.in(), features.out()}));
          return tf.reshape(
              tf.linalg.transpose(kernel, tf.constant(new int[] {1, 0, 2, 3})),
              tf.constant(new int[] {columns, 1, inputsOfColumn, features.out()}));
        });
  }

  private static DerivedWeight beforeCentre(MaskedConvolution convolution) {
    MaskGeometry geometry = convolution.geometry();
    int size = geometry.inputsAlongRow();
    int first = geometry.inputsBeforeCentre() - size;
    return new DerivedWeight(
        convolution.name() + "/kernel_before_centre",
        Shape.of(size, geometry.features().out()),
        context ->
            sortByGroup(
                context.tf(), geometry.features(), inputs(context, convolution, first, size)));
  }

  /** A range of the masked kernel's inputs, in raster order of the taps, {@code [size, out]}. */
  private static Operand<TFloat32> inputs(
      BuildContext context, MaskedConvolution convolution, int first, int size) {
    Ops tf = context.tf();
    MaskGeometry geometry = convolution.geometry();
    Features features = geometry.features();
    int inputs = geometry.rows() * geometry.columns() * features.in();
    return tf.slice(
        tf.reshape(convolution.kernel(context), tf.constant(new int[] {inputs, features.out()})),
        tf.constant(new int[] {first, 0}),
        tf.constant(new int[] {size, features.out()}));
  }

  /** Sorts the outputs of a kernel, {@code [inputs, out]}, by channel group. */
  private static Operand<TFloat32> sortByGroup(
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

  /** The outputs of one channel group, from an axis of all outputs. */
  private static Operand<TFloat32> outputsOf(
      Ops tf, Features features, int group, Operand<TFloat32> outputs, int axis) {
    return features.channels() == 1
        ? outputs
        : tf.gather(outputs, tf.constant(features.outputsOf(group)), tf.constant(axis));
  }
}
