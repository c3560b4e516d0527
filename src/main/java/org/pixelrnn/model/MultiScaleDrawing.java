package org.pixelrnn.model;

import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Images drawn from a {@link MultiScaleNetwork}: a small one, then the whole one given it, whose
 * known pixels are copied.
 *
 * <p>Both draw from one seed, and yet from different random numbers: otherwise a whole image's
 * upper left corner would be drawn with those of its small version.
 */
public final class MultiScaleDrawing implements Drawing {
  /** Tells the small images' seed from that of the whole ones. */
  private static final long SMALL = 0x736D616C6CL;

  private final MultiScaleNetwork model;
  private final Reduction reduction;
  private final ImageDrawing small;
  private final ImageDrawing full;

  /** Builds the functions that draw images from {@code model}. */
  public MultiScaleDrawing(MultiScaleNetwork model) {
    this.model = model;
    this.reduction = model.reduction();
    this.small = new ImageDrawing(model.small());
    this.full = new ImageDrawing(model.full());
  }

  /** Draws small images; arguments and result as {@link ImageDrawing#sample}. */
  public Operand<TUint8> sampleSmall(
      Pass pass, Operand<TInt32> count, Operand<TInt64> seed, Operand<TFloat32> temperature) {
    return small.sample(pass, count, ofSmall(pass.tf(), seed), temperature);
  }

  /** Completes small images; arguments and result as {@link ImageDrawing#complete}. */
  public Operand<TUint8> completeSmall(
      Pass pass,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    return small.complete(pass, images, known, ofSmall(pass.tf(), seed), temperature);
  }

  /**
   * Draws images given their small versions.
   *
   * @param smallImages {@code [n, height / factor, width / factor, channels]}
   * @return {@code [n, height, width, channels]}
   */
  public Operand<TUint8> upscale(
      Pass pass, Operand<TUint8> smallImages, Operand<TInt64> seed, Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    // What nobody knows may hold anything: the small image's pixels, spread.
    Operand<TUint8> images = reduction.spread(tf, smallImages);
    ImageShape shape = model.shape();
    Operand<TInt32> size =
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    Operand<TBool> unknown = tf.fill(size, tf.constant(false));
    return drawn(
        pass,
        smallImages,
        images,
        tf.ensureShape(unknown, Shape.of(Shape.UNKNOWN_SIZE, shape.height(), shape.width())),
        seed,
        temperature);
  }

  /** Draws small images, then the whole ones given them. */
  @Override
  public Operand<TUint8> sample(
      Pass pass, Operand<TInt32> count, Operand<TInt64> seed, Operand<TFloat32> temperature) {
    return upscale(pass, sampleSmall(pass, count, seed, temperature), seed, temperature);
  }

  /**
   * Draws the pixels that are not known: first those of the small images, given the known ones
   * among them, then the others.
   */
  @Override
  public Operand<TUint8> complete(
      Pass pass,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    Ops tf = pass.tf();
    Operand<TUint8> smallImages =
        completeSmall(
            pass, reduction.of(tf, images), reduction.known(tf, known), seed, temperature);
    return drawn(pass, smallImages, images, known, seed, temperature);
  }

  /** The state above the first row of images, given their small versions. */
  public List<Operand<TFloat32>> start(Pass pass, Operand<TUint8> smallImages) {
    return full.start(pass, smallImages);
  }

  /**
   * Draws one row, given the state that those above have left.
   *
   * @param copied the small images given to {@link #start}, if their pixels count as known
   */
  public ImageDrawing.DrawnRow nextRow(
      Pass pass, Optional<Operand<TUint8>> copied, RowDrawing.Inputs inputs) {
    if (copied.isEmpty()) {
      return full.nextRow(pass, inputs);
    }
    Ops tf = pass.tf();
    Operand<TUint8> levels =
        tf.gather(reduction.spread(tf, copied.get()), inputs.row(), tf.constant(1));
    Operand<TBool> kept = reduction.kept(tf, inputs.row());
    return full.nextRow(
        pass,
        new RowDrawing.Inputs(
            inputs.state(),
            inputs.row(),
            inputs.firstImage(),
            tf.select(tf.expandDims(kept, tf.constant(2)), levels, inputs.knownLevels()),
            tf.math.logicalOr(kept, inputs.known()),
            inputs.seed(),
            inputs.temperature()));
  }

  @Override
  public void close() {
    full.close();
    small.close();
  }

  private Operand<TUint8> drawn(
      Pass pass,
      Operand<TUint8> smallImages,
      Operand<TUint8> images,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {
    if (!model.isExact()) {
      return full.complete(pass, smallImages, images, known, seed, temperature);
    }
    Ops tf = pass.tf();
    Operand<TBool> kept = reduction.kept(tf);
    return full.complete(
        pass,
        smallImages,
        tf.select(tf.expandDims(kept, tf.constant(3)), reduction.spread(tf, smallImages), images),
        tf.math.logicalOr(kept, known),
        seed,
        temperature);
  }

  private static Operand<TInt64> ofSmall(Ops tf, Operand<TInt64> seed) {
    return tf.bitwise.bitwiseXor(seed, tf.constant(SMALL));
  }
}
