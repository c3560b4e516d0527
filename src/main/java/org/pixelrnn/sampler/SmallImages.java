package org.pixelrnn.sampler;

import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.tensorflow.Result;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * The small images of a multi-scale model, which are drawn first: {@link Sampler#small}.
 *
 * <p>A whole image of seed S is the small one of seed S, made large with seed S.
 */
public final class SmallImages {
  private final ServedModel model;
  private final ImageShape shape;

  SmallImages(ServedModel model, ImageShape shape) {
    this.model = model;
    this.shape = shape;
  }

  /** The small images that the model draws. */
  public ImageShape shape() {
    return shape;
  }

  /** Draws small images; arguments as {@link Sampler#sample(int, long, float)}. */
  public Images sample(int count, long seed, float temperature) {
    Sampler.check(count, model.shape());
    Sampler.check(temperature);
    try (TInt32 n = TInt32.scalarOf(count);
        TInt64 s = TInt64.scalarOf(seed);
        TFloat32 t = TFloat32.scalarOf(temperature);
        Result drawn =
            model.call("sample_small", Map.of("count", n, "seed", s, "temperature", t))) {
      return Images.of(shape, LevelTensors.levels(drawn, "images"));
    }
  }

  /**
   * Draws whole images, each given a small one.
   *
   * @param small of {@link #shape}
   * @throws InputException if the images are of another shape, or {@code temperature} is negative
   *     or no number
   */
  public Images upscale(Images small, long seed, float temperature) {
    check(small);
    Sampler.check(temperature);
    try (TUint8 x = LevelTensors.of(small);
        TInt64 s = TInt64.scalarOf(seed);
        TFloat32 t = TFloat32.scalarOf(temperature);
        Result drawn = model.call("upscale", Map.of("small", x, "seed", s, "temperature", t))) {
      return Images.of(model.shape(), LevelTensors.levels(drawn, "images"));
    }
  }

  /** Draws the same images, telling of each row at once. */
  public Images upscale(Images small, long seed, float temperature, RowListener listener) {
    check(small);
    ImageShape whole = model.shape();
    Images nothing = Images.of(whole, new byte[small.count() * whole.dimensions()]);
    boolean[] known = new boolean[small.count() * whole.pixels()];
    return upscale(small, nothing, known, seed, temperature, listener);
  }

  /** The small versions of whole images. */
  public Images of(Images images) {
    boolean[] known = new boolean[images.count() * images.shape().pixels()];
    try (TUint8 x = LevelTensors.of(images);
        TBool k = known(images, known);
        Result reduced = model.call("reduce", Map.of("images", x, "known", k))) {
      return Images.of(shape, LevelTensors.levels(reduced, "small"));
    }
  }

  /** Completes whole images, small ones first, telling of each row at once. */
  Images complete(
      Images images, boolean[] known, long seed, float temperature, RowListener listener) {
    return upscale(
        complete(images, known, seed, temperature), images, known, seed, temperature, listener);
  }

  /** The small images of images some of whose pixels are known, completed. */
  private Images complete(Images images, boolean[] known, long seed, float temperature) {
    try (TUint8 x = LevelTensors.of(images);
        TBool k = known(images, known);
        Result reduced = model.call("reduce", Map.of("images", x, "known", k));
        TInt64 s = TInt64.scalarOf(seed);
        TFloat32 t = TFloat32.scalarOf(temperature);
        Result drawn =
            model.call(
                "complete_small",
                Map.of(
                    "images",
                    reduced.get("small").orElseThrow(),
                    "known",
                    reduced.get("known").orElseThrow(),
                    "seed",
                    s,
                    "temperature",
                    t))) {
      return Images.of(shape, LevelTensors.levels(drawn, "images"));
    }
  }

  private Images upscale(
      Images small,
      Images images,
      boolean[] known,
      long seed,
      float temperature,
      RowListener listener) {
    Sampler.check(temperature);
    try (TUint8 x = LevelTensors.of(small)) {
      return new RowByRow(model, listener)
          .draw(Map.of("small", x), images, known, seed, temperature);
    }
  }

  private static TBool known(Images images, boolean[] known) {
    return LevelTensors.of(known, images.count(), images.shape().height(), images.shape().width());
  }

  private void check(Images small) {
    if (!small.shape().equals(shape)) {
      throw new InputException("small images are " + small.shape() + "; expected " + shape);
    }
  }
}
