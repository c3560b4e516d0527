package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weights of one recurrence of LSTM cells: input to state, which is masked; state to state,
 * which sees nothing but earlier pixels and is not; and the state outside the image, learned or
 * zero.
 *
 * <p>The forget gate's bias begins at 1, so that c is remembered at first.
 */
final class Recurrence {
  private static final int GATES = 4;
  private static final int FORGET = 2;

  private final MaskedConvolution inputToState;
  private final Conditioning conditioning;
  private final Weight stateToState;
  private final Optional<Weight> initialH;
  private final Optional<Weight> initialC;
  private final int h;

  /**
   * A recurrence over 2h features.
   *
   * @param columns of the input-to-state convolution, 1 or 3
   * @param neighbours whose h a cell sees
   * @param conditionFeatures that the network is conditioned on, or 0
   */
  Recurrence(
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
    conditioning = new Conditioning(name + "/condition", conditionFeatures, gates);
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
    all.addAll(inputToState.weights()).addAll(conditioning.weights()).add(stateToState);
    initialH.ifPresent(all::add);
    initialC.ifPresent(all::add);
    return all.build();
  }

  /** As a scan takes them, whose input is {@link Conditioning#beside}. */
  List<Operand<TFloat32>> values(Pass pass) {
    ImmutableList.Builder<Operand<TFloat32>> all = ImmutableList.builder();
    all.add(conditioning.below(pass, inputToState.kernel(pass)));
    all.add(stateToState(pass)).add(inputToState.bias(pass));
    initialH.map(pass::weight).ifPresent(all::add);
    initialC.map(pass::weight).ifPresent(all::add);
    return all.build();
  }

  MaskedConvolution inputToState() {
    return inputToState;
  }

  Conditioning conditioning() {
    return conditioning;
  }

  /** {@code [neighbours, h, 4h]}. */
  Operand<TFloat32> stateToState(Pass pass) {
    return pass.weight(stateToState);
  }

  /** The h outside the image, {@code [h]}. */
  Operand<TFloat32> initialH(Pass pass) {
    return initial(pass, initialH);
  }

  /** The c outside the image, {@code [h]}. */
  Operand<TFloat32> initialC(Pass pass) {
    return initial(pass, initialC);
  }

  private Operand<TFloat32> initial(Pass pass, Optional<Weight> weight) {
    Ops tf = pass.tf();
    return weight.map(pass::weight).orElseGet(() -> tf.constant(new float[h]));
  }
}
