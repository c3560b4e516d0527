package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalInt;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.layer.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The body of a PixelCNN layer (section 3.5): ReLU, 1×1 mask B (2h → h), ReLU, k×k mask B (h → h),
 * ReLU. In the paper k is 3. The projection of the condition is added to the map of the first
 * convolution. The 1×1 convolution back to 2h belongs to {@link ResidualLayer}.
 */
final class PixelCnnBody implements LayerBody {
  private final MaskedConvolution reduction;
  private final MaskedConvolution convolution;
  private final ConditionProjection conditionProjection;

  PixelCnnBody(String name, ModelConfig config, int conditionFeatures) {
    int h = config.getH();
    int channels = config.getChannels();
    Features reduced = new Features(2 * h, h, channels);
    reduction = MaskedConvolution.pointwise(name + "/reduction", reduced, 2);
    conditionProjection = new ConditionProjection(name + "/condition", conditionFeatures, reduced);
    int kernel = config.getPixelCnn().getKernel();
    Features convolved = new Features(h, h, channels);
    convolution = MaskedConvolution.square(name + "/convolution", Mask.B, kernel, convolved, 2);
  }

  @Override
  public List<Weight> weights() {
    return ImmutableList.<Weight>builder()
        .addAll(reduction.weights())
        .addAll(conditionProjection.weights())
        .addAll(convolution.weights())
        .build();
  }

  @Override
  public OptionalInt rightReach() {
    return OptionalInt.of(convolution.rightReach());
  }

  @Override
  public RightPadding padding() {
    return RightPadding.NONE;
  }

  @Override
  public List<RowState> state(Lanes lanes) {
    return convolution.state(lanes);
  }

  @Override
  public int pieces() {
    return 1;
  }

  @Override
  public MapLayout layout(int pieces) {
    return MapLayout.IMAGES;
  }

  @Override
  public List<Operand<TFloating>> apply(BuildContext context, List<LayerMaps<TFloating>> x) {
    return x.stream().map(piece -> apply(context, piece)).toList();
  }

  private Operand<TFloating> apply(BuildContext context, LayerMaps<TFloating> x) {
    Ops tf = context.tf();
    Operand<TFloating> sum =
        conditionProjection.add(
            context, reduction.apply(context, tf.nn.relu(x.features())), x.condition());
    Operand<TFloating> reduced = tf.nn.relu(sum);
    return tf.nn.relu(convolution.apply(context, reduced));
  }

  @Override
  public void enter(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors.Builder start) {
    conditionProjection.enter(context, earlier.condition(), start);
    convolution.enter(context, earlier.state(), shift, start);
  }

  @Override
  public void leave(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors end, NextState next) {
    convolution.leave(context.tf(), earlier.state(), shift, end, next);
  }

  @Override
  public LayerRow row(BuildContext context, BlockTensors start, LaneShift shift) {
    Ops tf = context.tf();
    ConditionProjection.Row conditionRow = conditionProjection.row(context, start);
    MaskedConvolutionRow reductionRow = reduction.row(context, start, shift);
    MaskedConvolutionRow convolutionRow = convolution.row(context, start, shift);
    return new LayerRow() {
      @Override
      public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
        reductionRow.addInput(tf.nn.relu(x));
        List<Operand<TFloat32>> condition =
            conditionRow.pixel(column, group).map(List::of).orElse(List.of());
        Operand<TFloat32> sum = reductionRow.output(column, group, condition);
        convolutionRow.addInput(tf.nn.relu(sum));
        return tf.nn.relu(convolutionRow.output(column, group));
      }

      @Override
      public void leave(BlockTensors.Builder end) {
        convolutionRow.leave(end);
      }
    };
  }
}
