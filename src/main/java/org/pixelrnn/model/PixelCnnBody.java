package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A PixelCNN layer (section 3.5): ReLU, 1×1 mask B (2h → h), ReLU, k×k mask B (h → h), ReLU, k
 * being 3 in the paper. What the network is conditioned on joins the first convolution's map. The
 * 1×1 convolution back to 2h is {@link ResidualLayer}'s.
 */
final class PixelCnnBody implements LayerBody {
  private final MaskedConvolution reduction;
  private final MaskedConvolution convolution;
  private final Conditioning conditioning;

  PixelCnnBody(String name, ModelConfig config, int conditionFeatures) {
    int h = config.getH();
    int channels = config.getChannels();
    Features reduced = new Features(2 * h, h, channels);
    reduction = MaskedConvolution.pointwise(name + "/reduction", reduced, 2);
    conditioning = new Conditioning(name + "/condition", conditionFeatures, reduced);
    int kernel = config.getPixelCnn().getKernel();
    Features convolved = new Features(h, h, channels);
    convolution = MaskedConvolution.square(name + "/convolution", Mask.B, kernel, convolved, 2);
  }

  @Override
  public List<Weight> weights() {
    return ImmutableList.<Weight>builder()
        .addAll(reduction.weights())
        .addAll(conditioning.weights())
        .addAll(convolution.weights())
        .build();
  }

  @Override
  public OptionalInt ahead() {
    return OptionalInt.of(convolution.taps().ahead());
  }

  @Override
  public Margin margin() {
    return Margin.NONE;
  }

  @Override
  public List<State> state(Lanes lanes) {
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
  public List<Operand<TFloat32>> apply(Pass pass, List<Stream> x) {
    return x.stream().map(piece -> apply(pass, piece)).toList();
  }

  private Operand<TFloat32> apply(Pass pass, Stream x) {
    Ops tf = pass.tf();
    Operand<TFloat32> sum =
        conditioning.join(pass, reduction.apply(pass, tf.nn.relu(x.features())), x.condition());
    Operand<TFloat32> reduced = tf.nn.relu(sum);
    return tf.nn.relu(convolution.apply(pass, reduced));
  }

  @Override
  public Row row(
      Pass pass,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    Ops tf = pass.tf();
    Conditioning.AlongRow conditionRow = conditioning.row(pass, condition);
    MaskedConvolutionRow reductionRow = reduction.row(pass, List.of(), shift);
    MaskedConvolutionRow convolutionRow = convolution.row(pass, state, shift);
    return new Row() {
      @Override
      public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
        reductionRow.see(tf.nn.relu(x));
        Operand<TFloat32> sum =
            conditionRow.join(column, group, reductionRow.output(column, group));
        convolutionRow.see(tf.nn.relu(sum));
        return tf.nn.relu(convolutionRow.output(column, group));
      }

      @Override
      public List<Operand<TFloat32>> finish() {
        return convolutionRow.finish();
      }
    };
  }
}
