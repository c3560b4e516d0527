package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How a layer takes in what its network is conditioned on (section 3.6): a 1×1 convolution of the
 * upsampled maps, unmasked, that is added to the layer's input-to-state or pre-activation map,
 *
 * <pre>
 *   y = K * x + V · condition + b
 * </pre>
 *
 * <p>In a network that is conditioned on nothing there is no V, and all is as if this were not
 * there.
 */
final class Conditioning {
  private final Features joined;
  private final int features;
  private final Optional<Weight> kernel;

  /**
   * The convolution for one layer.
   *
   * @param features of the condition; 0 without one
   * @param joined the convolution that it joins
   */
  Conditioning(String name, int features, Features joined) {
    this.joined = joined;
    this.features = features;
    float[] deviations = new float[joined.out()];
    Arrays.fill(deviations, (float) Math.sqrt(1.0 / Math.max(1, features)));
    this.kernel =
        features == 0
            ? Optional.empty()
            : Optional.of(Weight.normal(name + "/kernel", deviations, features, joined.out()));
  }

  List<Weight> weights() {
    return kernel.map(List::of).orElse(List.of());
  }

  /**
   * The sum of both.
   *
   * @param map {@code [..., out]}, what the convolution gives
   * @param condition {@code [..., features]}, in the same layout
   */
  Operand<TFloat32> join(Pass pass, Operand<TFloat32> map, Optional<Operand<TFloat32>> condition) {
    return kernel
        .<Operand<TFloat32>>map(
            v ->
                pass.tf()
                    .math
                    .add(map, product(pass.tf(), condition.orElseThrow(), pass.weight(v))))
        .orElse(map);
  }

  /**
   * The input of a scan: x {@code [..., in]} and the condition side by side.
   *
   * @param x piece by piece
   */
  List<Operand<TFloat32>> beside(Pass pass, List<Stream> x) {
    Ops tf = pass.tf();
    return x.stream()
        .<Operand<TFloat32>>map(
            piece ->
                kernel.isEmpty()
                    ? piece.features()
                    : tf.concat(
                        List.of(piece.features(), piece.condition().orElseThrow()),
                        tf.constant(-1)))
        .toList();
  }

  /**
   * The kernel of a scan whose input is {@link #beside}: {@code K} for x, {@code V} at the centre
   * for the condition.
   *
   * @param inputToState K, {@code [1, columns, in, out]}
   */
  Operand<TFloat32> below(Pass pass, Operand<TFloat32> inputToState) {
    if (kernel.isEmpty()) {
      return inputToState;
    }
    Ops tf = pass.tf();
    int sides = (int) inputToState.shape().get(1) / 2;
    Operand<TFloat32> centre =
        tf.reshape(
            pass.weight(kernel.get()), tf.constant(new int[] {1, 1, features, joined.out()}));
    return tf.concat(
        List.of(inputToState, ZeroPadding.pad(tf, centre, sides, sides, 0)), tf.constant(2));
  }

  /**
   * Along one row of pixels.
   *
   * @param condition {@code [width, n, features]}
   */
  AlongRow row(Pass pass, Optional<Operand<TFloat32>> condition) {
    if (kernel.isEmpty()) {
      return (column, group, y) -> y;
    }
    Ops tf = pass.tf();
    Operand<TFloat32> row = condition.orElseThrow();
    List<List<Operand<TFloat32>>> byGroup = new ArrayList<>();
    for (int group = 0; group < joined.channels(); group++) {
      Operand<TFloat32> part =
          tf.gather(
              pass.weight(kernel.get()), tf.constant(joined.outputsOf(group)), tf.constant(1));
      byGroup.add(
          ImmutableList.copyOf(tf.unstack(product(tf, row, part), row.shape().get(0)).output()));
    }
    return (column, group, y) -> tf.math.add(y, byGroup.get(group).get(column));
  }

  /** Adds its part, {@code [n, out / C]}, to one channel group at one pixel. */
  @FunctionalInterface
  interface AlongRow {
    Operand<TFloat32> join(int column, int group, Operand<TFloat32> y);
  }

  private static Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, Operand<TFloat32> matrix) {
    long[] shape = x.shape().asArray();
    Operand<TFloat32> vectors =
        tf.reshape(x, tf.constant(new long[] {-1, shape[shape.length - 1]}));
    shape[shape.length - 1] = matrix.shape().get(1);
    return tf.reshape(tf.linalg.matMul(vectors, matrix), tf.constant(shape));
  }
}
