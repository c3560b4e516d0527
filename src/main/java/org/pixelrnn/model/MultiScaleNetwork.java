package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Two networks (section 3.6): one models small images, the other whole ones given their small
 * versions.
 *
 * <pre>
 *   p(x) = p_small(s(x)) · Π p_full(x_i | x_&lt;i, s(x))
 * </pre>
 *
 * <p>{@code s(x)} being a subsample of x, its pixels are known to the full network, and the product
 * goes over the others: one normalised distribution over whole images, in the order of small pixels
 * first. As the paper has it, the full network models the small pixels once more, and the product
 * is only a lower bound of p(x): the mass that it gives to images with another small version is
 * lost.
 */
public final class MultiScaleNetwork implements ImageModel {
  private final Reduction reduction;
  private final Network small;
  private final Network full;
  private final boolean exact;

  /**
   * @param config a configuration that has been checked
   */
  public MultiScaleNetwork(ModelConfig config) {
    MultiScale scales = config.getMultiScale();
    reduction = Reduction.of(config);
    exact = !scales.getDrawEveryPixel();
    small = new Network("small/", of(reduction.small(), scales.getSmall()), Optional.empty());
    UpsamplingNetwork upsampling =
        new UpsamplingNetwork(
            "full/upsampling",
            scales.getFactor(),
            config.getChannels(),
            scales.getUpsampling().getFeatures());
    Condition condition = new Condition("full/condition", reduction, upsampling, exact);
    full = new Network("full/", of(reduction.full(), scales.getFull()), Optional.of(condition));
  }

  private static ModelConfig of(ImageShape shape, ModelConfig network) {
    return network.toBuilder()
        .setHeight(shape.height())
        .setWidth(shape.width())
        .setChannels(shape.channels())
        .setLevels(shape.levels())
        .build();
  }

  @Override
  public ImageShape shape() {
    return full.shape();
  }

  /** The network that models small images. */
  public Network small() {
    return small;
  }

  /** The network that models images given their small versions. */
  public Network full() {
    return full;
  }

  /** How an image becomes a small one. */
  public Reduction reduction() {
    return reduction;
  }

  /** Whether the likelihood is log p(x) itself, and not a lower bound of it. */
  public boolean isExact() {
    return exact;
  }

  @Override
  public List<Weight> weights() {
    return ImmutableList.<Weight>builder().addAll(small.weights()).addAll(full.weights()).build();
  }

  /**
   * What the model says of images. If the small image's pixels count as known, their logits are
   * those of the small network, given the earlier ones of the small image, so that {@code log p(x)
   * = Σ_i log softmax(logits_i)[x_i]} as in a single network; otherwise all logits are the full
   * network's.
   */
  @Override
  public Scores scores(Pass pass, Operand<TUint8> images) {
    Ops tf = pass.tf();
    Scores ofSmall = small.scores(pass, reduction.of(tf, images));
    Scores ofFull = full.scores(pass, images);
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
