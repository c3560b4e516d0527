package org.pixelrnn.model;

import java.util.List;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A PixelCNN layer (section 3.5): ReLU, 1×1 mask B (2h → h), ReLU, 3×3 mask B (h → h), ReLU. The
 * 1×1 convolution back to 2h is {@link ResidualLayer}'s.
 */
final class PixelCnnBody implements LayerBody {
  private final MaskedConvolution reduction;
  private final MaskedConvolution convolution;

  PixelCnnBody(String name, int h, int channels) {
    reduction =
        MaskedConvolution.pointwise(name + "/reduction", new Features(2 * h, h, channels), 2);
    convolution =
        MaskedConvolution.square(name + "/convolution", Mask.B, 3, new Features(h, h, channels), 2);
  }

  @Override
  public List<Weight> weights() {
    return java.util.stream.Stream.concat(
            reduction.weights().stream(), convolution.weights().stream())
        .toList();
  }

  @Override
  public boolean seesOnlyNearby() {
    return true;
  }

  @Override
  public List<State> state(Lanes lanes) {
    return convolution.state(lanes);
  }

  @Override
  public MapLayout layout() {
    return MapLayout.IMAGES;
  }

  @Override
  public Operand<TFloat32> apply(Pass pass, Operand<TFloat32> x) {
    Ops tf = pass.tf();
    Operand<TFloat32> reduced = tf.nn.relu(reduction.apply(pass, tf.nn.relu(x)));
    return tf.nn.relu(convolution.apply(pass, reduced));
  }

  @Override
  public Row row(Pass pass, List<Operand<TFloat32>> state, LaneShift shift) {
    Ops tf = pass.tf();
    MaskedConvolutionRow reductionRow = reduction.row(pass, List.of(), shift);
    MaskedConvolutionRow convolutionRow = convolution.row(pass, state, shift);
    return new Row() {
      @Override
      public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
        reductionRow.see(tf.nn.relu(x));
        convolutionRow.see(tf.nn.relu(reductionRow.output(column, group)));
        return tf.nn.relu(convolutionRow.output(column, group));
      }

      @Override
      public List<Operand<TFloat32>> finish() {
        return convolutionRow.finish();
      }
    };
  }
}
