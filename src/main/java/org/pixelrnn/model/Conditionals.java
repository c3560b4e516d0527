package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * What a network says of each sub-pixel given all earlier ones (section 2, equations 1 and 2),
 * {@code log p(x_i = k | x_<i)} up to a constant, where its layers have the pixels: what is asked
 * of all of them together, as the likelihood is, need not bring them into the order of an image.
 *
 * <p>Layers have pixels that images have not, see {@link Margin}, and a conditioned network may
 * know some; these count for nothing.
 */
public final class Conditionals {
  private final ImageShape shape;
  private final MapLayout layout;
  private final Margin margin;
  private final Optional<Condition> condition;
  private final List<Operand<TFloat32>> logits;

  /**
   * @param layout of the logits
   * @param logits piece by piece, {@code [..., channels · levels]}
   */
  Conditionals(
      ImageShape shape,
      MapLayout layout,
      Margin margin,
      Optional<Condition> condition,
      Ops tf,
      List<Operand<TFloat32>> logits) {
    this.shape = shape;
    this.layout = layout;
    this.margin = margin;
    this.condition = condition;
    this.logits =
        logits.stream().map(piece -> split(tf, piece, shape.channels(), shape.levels())).toList();
  }

  /**
   * Piece by piece, {@code [pixels, n, channels, levels]}; {@code [n, height, width, channels,
   * levels]} in one piece if the layers have maps as images.
   */
  public List<Operand<TFloat32>> logits() {
    return logits;
  }

  /** The logits as images, {@code [n, height, width, channels, levels]}. */
  Operand<TFloat32> asImages(Pass pass) {
    Ops tf = pass.tf();
    int features = shape.channels() * shape.levels();
    List<Operand<TFloat32>> maps = new ArrayList<>();
    for (Operand<TFloat32> piece : logits) {
      long[] joined = Arrays.copyOf(piece.shape().asArray(), piece.shape().numDimensions() - 1);
      joined[joined.length - 1] = features;
      maps.add(tf.reshape(piece, tf.constant(joined)));
    }
    Operand<TFloat32> images = margin.cut(tf, layout.unpack(pass, maps), shape.width());
    return tf.reshape(
        images,
        tf.constant(
            new int[] {-1, shape.height(), shape.width(), shape.channels(), shape.levels()}));
  }

  /**
   * The likelihood of images; of a conditioned network, of those of their pixels that are not known
   * to it, given the small versions.
   *
   * @param images level indices that these are the conditionals of, {@code [n, height, width,
   *     channels]}
   */
  public Likelihood likelihood(Ops tf, Operand<TUint8> images) {
    Operand<TInt32> levels = margin.added(tf, tf.dtypes.cast(images, TInt32.class));
    return new Likelihood(tf, layout, logits, layout.packed(tf, levels), counted(tf));
  }

  /** 1 for pixels that count, 0 for those that do not, if there are such. */
  private Optional<List<Operand<TFloat32>>> counted(Ops tf) {
    if (margin.columns() == 0 && !condition.map(Condition::pixelsAreKnown).orElse(false)) {
      return Optional.empty();
    }
    int width = shape.width() + margin.columns();
    float[] counted = new float[shape.height() * width];
    for (int i = 0; i < counted.length; i++) {
      int row = i / width;
      int column = i % width;
      boolean known = condition.map(c -> c.isKnown(row, column)).orElse(false);
      counted[i] = column < shape.width() && !known ? 1 : 0;
    }
    int[] map = {1, shape.height(), width, 1};
    return Optional.of(layout.packed(tf, tf.reshape(tf.constant(counted), tf.constant(map))));
  }

  private static Operand<TFloat32> split(Ops tf, Operand<TFloat32> map, int channels, int levels) {
    long[] shape = map.shape().asArray();
    long[] apart = Arrays.copyOf(shape, shape.length + 1);
    apart[shape.length - 1] = channels;
    apart[shape.length] = levels;
    return tf.reshape(map, tf.constant(apart));
  }
}
