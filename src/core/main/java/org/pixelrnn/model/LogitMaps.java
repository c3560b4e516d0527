package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.layer.MapLayout;
import org.pixelrnn.model.layer.RightPadding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TFloating;

/**
 * The logits of every sub-pixel given all earlier sub-pixels, {@code log p(x_i = k | x_<i)} up to a
 * constant (section 2, equations 1 and 2).
 *
 * <p>They stay in the {@link MapLayout} of the layers, which may order pixels differently from an
 * image. The likelihood is a sum over all pixels and does not need the order of an image.
 *
 * <p>Two kinds of pixels do not count: columns of {@link RightPadding}, and pixels that a
 * conditioned network knows from the small image.
 */
public final class LogitMaps {
  private final ImageShape shape;
  private final MapLayout layout;
  private final RightPadding padding;
  private final Optional<SmallImageCondition> condition;
  private final List<Operand<TFloat32>> logits;

  /**
   * Splits the network's output into channels and levels.
   *
   * @param shape the shape of the images
   * @param layout the layout of the logits
   * @param padding the columns that the maps have and the images have not
   * @param condition what the network is conditioned on, if it is conditioned
   * @param logits piece by piece, {@code [..., channels · levels]}
   */
  LogitMaps(
      ImageShape shape,
      MapLayout layout,
      RightPadding padding,
      Optional<SmallImageCondition> condition,
      Ops tf,
      List<Operand<TFloat32>> logits) {
    this.shape = shape;
    this.layout = layout;
    this.padding = padding;
    this.condition = condition;
    this.logits =
        logits.stream().map(piece -> split(tf, piece, shape.channels(), shape.levels())).toList();
  }

  /**
   * The logits, piece by piece, {@code [pixels, n, channels, levels]}; or in one piece, {@code [n,
   * height, width, channels, levels]}, if the layers have maps in the order of images.
   */
  public List<Operand<TFloat32>> logits() {
    return logits;
  }

  /** The logits in the order of images, {@code [n, height, width, channels, levels]}. */
  Operand<TFloat32> asImages(BuildContext context) {
    Ops tf = context.tf();
    int features = shape.channels() * shape.levels();
    List<Operand<TFloating>> maps = new ArrayList<>();
    for (Operand<TFloat32> piece : logits) {
      long[] joined = Arrays.copyOf(piece.shape().asArray(), piece.shape().numDimensions() - 1);
      joined[joined.length - 1] = features;
      maps.add(Precision.floating(tf.reshape(piece, tf.constant(joined))));
    }
    Operand<TFloat32> unpacked = Precision.float32(tf, layout.unpack(context, maps));
    Operand<TFloat32> images = padding.cut(tf, unpacked, shape.width());
    return tf.reshape(
        images,
        tf.constant(
            new int[] {-1, shape.height(), shape.width(), shape.channels(), shape.levels()}));
  }

  /**
   * The log-likelihood of images. For a conditioned network it is the likelihood of the pixels that
   * are not known, given the small images.
   *
   * @param images level indices of the images that the logits were computed from, {@code [n,
   *     height, width, channels]}
   */
  public LogLikelihood likelihood(Ops tf, Operand<TUint8> images) {
    return new LogLikelihood(tf, layout, logits, levels(tf, images), counted(tf));
  }

  /**
   * The log-likelihood of {@link #likelihood} without its gradient, {@code [n]}. All of its
   * operations are ones that every runtime knows.
   *
   * @param images as for {@link #likelihood}
   */
  public Operand<TFloat32> logProb(Ops tf, Operand<TUint8> images) {
    return LogLikelihood.logProb(tf, layout, logits, levels(tf, images), counted(tf));
  }

  private List<Operand<TInt32>> levels(Ops tf, Operand<TUint8> images) {
    return layout.packWithoutGradient(tf, padding.pad(tf, tf.dtypes.cast(images, TInt32.class)));
  }

  /** 1 for pixels that count and 0 for the others; empty if every pixel counts. */
  private Optional<List<Operand<TFloat32>>> counted(Ops tf) {
    if (padding.columns() == 0
        && !condition.map(SmallImageCondition::pixelsAreKnown).orElse(false)) {
      return Optional.empty();
    }
    int width = shape.width() + padding.columns();
    float[] counted = new float[shape.height() * width];
    for (int i = 0; i < counted.length; i++) {
      int row = i / width;
      int column = i % width;
      boolean known = condition.map(c -> c.isKnown(row, column)).orElse(false);
      counted[i] = column < shape.width() && !known ? 1 : 0;
    }
    int[] map = {1, shape.height(), width, 1};
    return Optional.of(
        layout.packWithoutGradient(tf, tf.reshape(tf.constant(counted), tf.constant(map))));
  }

  private static Operand<TFloat32> split(Ops tf, Operand<TFloat32> map, int channels, int levels) {
    long[] shape = map.shape().asArray();
    long[] apart = Arrays.copyOf(shape, shape.length + 1);
    apart[shape.length - 1] = channels;
    apart[shape.length] = levels;
    return tf.reshape(map, tf.constant(apart));
  }
}
