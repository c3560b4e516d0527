package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The weights of one recurrence of LSTM cells. Input-to-state is a masked convolution.
 * State-to-state needs no mask, because it reads only earlier pixels. The initial state, which
 * stands for pixels outside the image, is learned or zero.
 *
 * <p>The bias of the forget gate is initially 1, so that c is remembered at first.
 */
final class RecurrenceWeights {
  private static final int GATES = 4;
  private static final int FORGET = 2;

  private final MaskedConvolution inputToState;
  private final ConditionProjection conditionProjection;
  private final Weight stateToState;
  private final Optional<Weight> initialH;
  private final Optional<Weight> initialC;
  private final int h;

  /**
   * The weights of a recurrence over 2h features.
   *
   * @param columns the number of columns of the input-to-state convolution, 1 or 3
   * @param neighbours the number of neighbours whose h a cell reads
   * @param conditionFeatures the number of feature maps that the network is conditioned on, or 0
   */
  RecurrenceWeights(
      String name,
      int columns,
      int neighbours,
      ModelConfig config,
      boolean learnedInitialState,
      int conditionFeatures) {
    this.h = config.getH();
    float[] bias = new float[GATES * h];
    Arrays.fill(bias, FORGET * h, (FORGET + 1) * h, 1);
    Features gates = new Features(2 * h, GATES * h, config.getChannels(), GATES);
    inputToState = MaskedConvolution.alongRow(name + "/input_to_state", columns, gates, 1, bias);
    conditionProjection = new ConditionProjection(name + "/condition", conditionFeatures, gates);
    float[] deviations = new float[GATES * h];
    Arrays.fill(deviations, (float) Math.sqrt(1.0 / (neighbours * h)));
    stateToState =
        Weight.normal(name + "/state_to_state/kernel", deviations, neighbours, h, bias.length);
    initialH =
        learnedInitialState ? Optional.of(Weight.zeros(name + "/initial_h", h)) : Optional.empty();
    initialC =
        learnedInitialState ? Optional.of(Weight.zeros(name + "/initial_c", h)) : Optional.empty();
  }

  List<Weight> weights() {
    ImmutableList.Builder<Weight> all = ImmutableList.builder();
    all.addAll(inputToState.weights()).addAll(conditionProjection.weights()).add(stateToState);
    initialH.ifPresent(all::add);
    initialC.ifPresent(all::add);
    return all.build();
  }

  /**
   * The inputs of a scan that are weights. The scan's other input is {@link
   * ConditionProjection#scanInput}.
   */
  List<Operand<TFloating>> scanWeights(BuildContext context) {
    ImmutableList.Builder<Operand<TFloat32>> all = ImmutableList.builder();
    all.add(conditionProjection.scanKernel(context, inputToState.kernel(context)));
    all.add(stateToState(context)).add(inputToState.bias(context));
    initialH.map(context::weight).ifPresent(all::add);
    initialC.map(context::weight).ifPresent(all::add);
    return all.build().stream().map(context::rounded).toList();
  }

  MaskedConvolution inputToState() {
    return inputToState;
  }

  ConditionProjection conditionProjection() {
    return conditionProjection;
  }

  /** {@code [neighbours, h, 4h]}. */
  Operand<TFloat32> stateToState(BuildContext context) {
    return context.weight(stateToState);
  }

  /** The initial h, {@code [h]}. */
  Operand<TFloat32> initialH(BuildContext context) {
    return valueOrZero(context, initialH);
  }

  /** The initial c, {@code [h]}. */
  Operand<TFloat32> initialC(BuildContext context) {
    return valueOrZero(context, initialC);
  }

  private Operand<TFloat32> valueOrZero(BuildContext context, Optional<Weight> weight) {
    Ops tf = context.tf();
    return weight.map(context::weight).orElseGet(() -> tf.constant(new float[h]));
  }

  /**
   * The tap of one neighbour.
   *
   * @param stateToState {@code [neighbours, h, 4h]}
   * @return {@code [h, 4h]}
   */
  static Operand<TFloat32> tap(Ops tf, Operand<TFloat32> stateToState, int neighbour) {
    return tf.gather(stateToState, tf.constant(neighbour), tf.constant(0));
  }

  /**
   * The product of each pixel of a row and a tap.
   *
   * @param row {@code [columns, n, h]}
   * @param tap {@code [h, 4h]}
   * @return {@code [columns, n, 4h]}
   */
  static Operand<TFloat32> product(Ops tf, Operand<TFloat32> row, Operand<TFloat32> tap) {
    int columns = (int) row.shape().get(0);
    int h = (int) tap.shape().get(0);
    Operand<TFloat32> pixels = tf.reshape(row, tf.constant(new int[] {-1, h}));
    return tf.reshape(tf.linalg.matMul(pixels, tap), tf.constant(new int[] {columns, -1, 4 * h}));
  }
}
