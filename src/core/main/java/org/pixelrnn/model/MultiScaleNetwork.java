package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Two networks (section 3.6): one models small images, and one models whole images given the small
 * ones.
 *
 * <pre>
 *   p(x) = p_small(s(x)) · Π p_full(x_i | x_&lt;i, s(x))
 *
 *   x = whole image           s(x) = small image ({@link Reduction})
 *
 *     A . B .
 *     . . . .                   A B   ──► small network ──► log p_small
 *     C . D .       ──►         C D
 *     . . . .                    │
 *        │                       └─► upsampled: the condition of each layer
 *        │                               │
 *        └───────────────────────────────┴─► full network ──► log p_full
 * </pre>
 *
 * <p>The model is exact if s(x) is a subsample whose pixels count as known. The full network then
 * models the pixels {@code .} alone, and p(x) is one normalised distribution over whole images, in
 * the order of small pixels first.
 *
 * <p>In the paper, the full network models the pixels A to D again. Then it gives some probability
 * to images with another small image, and that probability is lost: the product is a lower bound of
 * p(x).
 */
public final class MultiScaleNetwork implements ImageModel {
  private final Reduction reduction;
  private final Network small;
  private final Network full;
  private final boolean exact;

  /**
   * Builds both networks.
   *
   * @param config a configuration that {@link ModelRules} accepts
   */
  public MultiScaleNetwork(ModelConfig config) {
    MultiScale scales = config.getMultiScale();
    reduction = Reduction.of(config);
    exact = !scales.getDrawEveryPixel();
    small =
        new Network("small/", withShape(scales.getSmall(), reduction.small()), Optional.empty());
    UpsamplingNetwork upsampling =
        new UpsamplingNetwork(
            "full/upsampling",
            scales.getFactor(),
            config.getChannels(),
            scales.getUpsampling().getFeatures());
    SmallImageCondition condition =
        new SmallImageCondition("full/condition", reduction, upsampling, exact);
    full =
        new Network("full/", withShape(scales.getFull(), reduction.full()), Optional.of(condition));
  }

  /**
   * The description of the full network without its condition: a model of one scale whose layers
   * have the same shapes.
   *
   * @param config a multi-scale model
   */
  public static ModelConfig fullAlone(ModelConfig config) {
    return withShape(config.getMultiScale().getFull(), ImageShape.of(config));
  }

  private static ModelConfig withShape(ModelConfig network, ImageShape shape) {
    return network.toBuilder()
        .setHeight(shape.height())
        .setWidth(shape.width())
        .setChannels(shape.channels())
        .setLevels(shape.levels())
        .build();
  }

  /** The shape of the whole images. */
  @Override
  public ImageShape shape() {
    return full.shape();
  }

  /** The network that models small images. */
  public Network small() {
    return small;
  }

  /** The network that models whole images given the small ones. */
  public Network full() {
    return full;
  }

  /** How a whole image becomes a small one. */
  public Reduction reduction() {
    return reduction;
  }

  /** True if {@link #scores} gives log p(x) itself, false if it gives a lower bound. */
  public boolean isExact() {
    return exact;
  }

  /** All trainable tensors, those of the small network first. */
  @Override
  public List<Weight> weights() {
    return ImmutableList.<Weight>builder().addAll(small.weights()).addAll(full.weights()).build();
  }

  /**
   * Adds the operations that score whole images. In an exact model, the logits of the small image's
   * pixels are those of the small network, so {@code log p(x) = Σ_i log softmax(logits_i)[x_i]} as
   * in a single network. Otherwise all logits are those of the full network.
   */
  @Override
  public Scores scores(BuildContext context, Operand<TUint8> images) {
    Ops tf = context.tf();
    Scores ofSmall = small.scores(context, reduction.of(tf, images));
    Scores ofFull = full.scores(context, images);
    return new Scores(
        exact ? joined(tf, ofSmall.logits(), ofFull.logits()) : ofFull.logits(),
        tf.math.add(ofSmall.logProb(), ofFull.logProb()));
  }

  private Operand<TFloat32> joined(Ops tf, Operand<TFloat32> ofSmall, Operand<TFloat32> ofFull) {
    Operand<TBool> kept =
        tf.reshape(
            reduction.kept(tf),
            tf.constant(new int[] {1, shape().height(), shape().width(), 1, 1}));
    return tf.select(kept, reduction.spread(tf, ofSmall), ofFull);
  }
}
