package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.ZeroPadding;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The projection of a network's condition into one layer (section 3.6). It is an unmasked 1×1
 * convolution V of the upsampled maps, which is added to the layer's input-to-state map or
 * pre-activation map:
 *
 * <pre>
 *   y = K * x + V · condition + b
 * </pre>
 *
 * <p>A layer of an unconditional network has no V, and then nothing is added.
 */
final class ConditionProjection {
  private final Features target;
  private final int features;
  private final Optional<Weight> kernel;

  /**
   * The projection into one layer.
   *
   * @param features the number of feature maps of the condition, or 0 without a condition
   * @param target the features of the convolution K
   */
  ConditionProjection(String name, int features, Features target) {
    this.target = target;
    this.features = features;
    float[] deviations = new float[target.out()];
    Arrays.fill(deviations, (float) Math.sqrt(1.0 / Math.max(1, features)));
    this.kernel =
        features == 0
            ? Optional.empty()
            : Optional.of(Weight.normal(name + "/kernel", deviations, features, target.out()));
  }

  List<Weight> weights() {
    return kernel.map(List::of).orElse(List.of());
  }

  /**
   * Adds {@code V · condition} to a map.
   *
   * @param map the output of the convolution K, {@code [..., out]}
   * @param condition {@code [..., features]}, in the same layout
   */
  Operand<TFloating> add(
      BuildContext context, Operand<TFloating> map, Optional<Operand<TFloating>> condition) {
    return kernel
        .<Operand<TFloating>>map(
            v ->
                context
                    .tf()
                    .math
                    .add(map, product(context.tf(), condition.orElseThrow(), context.rounded(v))))
        .orElse(map);
  }

  /**
   * The input of a scan: x and the condition joined along the features, {@code [..., in +
   * features]}.
   *
   * @param x maps {@code [..., in]}, piece by piece
   */
  List<Operand<TFloating>> scanInput(BuildContext context, List<LayerMaps<TFloating>> x) {
    Ops tf = context.tf();
    return x.stream()
        .<Operand<TFloating>>map(
            piece ->
                kernel.isEmpty()
                    ? piece.features()
                    : tf.concat(
                        List.of(piece.features(), piece.condition().orElseThrow()),
                        tf.constant(-1)))
        .toList();
  }

  /**
   * The kernel of a scan whose input is {@link #scanInput}: K for x, and V at the centre tap for
   * the condition, {@code [1, columns, in + features, out]}.
   *
   * @param inputToState K, {@code [1, columns, in, out]}
   */
  Operand<TFloat32> scanKernel(BuildContext context, Operand<TFloat32> inputToState) {
    if (kernel.isEmpty()) {
      return inputToState;
    }
    Ops tf = context.tf();
    int sides = (int) inputToState.shape().get(1) / 2;
    Operand<TFloat32> centre =
        tf.reshape(
            context.weight(kernel.get()), tf.constant(new int[] {1, 1, features, target.out()}));
    return tf.concat(
        List.of(inputToState, ZeroPadding.pad(tf, centre, sides, sides, 0)), tf.constant(2));
  }

  /**
   * Adds {@code V · condition} of a row, group by group.
   *
   * @param condition the condition of the row, {@code [columns, n, features]}
   */
  void enter(
      BuildContext context, Optional<Operand<TFloat32>> condition, BlockTensors.Builder start) {
    if (kernel.isEmpty()) {
      return;
    }
    Ops tf = context.tf();
    for (int group = 0; group < target.channels(); group++) {
      Operand<TFloat32> matrix =
          tf.gather(
              context.weight(kernel.get()), tf.constant(target.outputsOf(group)), tf.constant(1));
      start.byColumn(product(tf, condition.orElseThrow(), matrix));
    }
  }

  /**
   * Begins one block.
   *
   * @param start what {@link #enter} has added, cut to the block
   */
  Row row(BuildContext context, BlockTensors start) {
    if (kernel.isEmpty()) {
      return (column, group) -> Optional.empty();
    }
    Ops tf = context.tf();
    List<List<Operand<TFloat32>>> pixelsByGroup = new ArrayList<>();
    for (int group = 0; group < target.channels(); group++) {
      Operand<TFloat32> ofGroup = start.takeByColumn();
      pixelsByGroup.add(ImmutableList.copyOf(tf.unstack(ofGroup, ofGroup.shape().get(0)).output()));
    }
    return (column, group) -> Optional.of(pixelsByGroup.get(group).get(column));
  }

  /** The projection while one row is being sampled. */
  @FunctionalInterface
  interface Row {
    /**
     * {@code V · condition} of one channel group at one pixel, {@code [n, out / C]}; empty without
     * a condition.
     */
    Optional<Operand<TFloat32>> pixel(int column, int group);
  }

  private static <T extends TFloating> Operand<T> product(Ops tf, Operand<T> x, Operand<T> matrix) {
    long[] shape = x.shape().asArray();
    Operand<T> vectors = tf.reshape(x, tf.constant(new long[] {-1, shape[shape.length - 1]}));
    shape[shape.length - 1] = matrix.shape().get(1);
    return tf.reshape(tf.linalg.matMul(vectors, matrix), tf.constant(shape));
  }
}
