package org.pixelrnn.sampler;

import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/**
 * A request for samples. Equal requests to one model give equal images.
 *
 * <pre>{@code
 * SampleRequest.of(16, seed)                                        // new images
 * SampleRequest.completing(images, known, seed)                     // the unknown pixels of images
 * SampleRequest.upscaling(small, seed)                              // large images from small ones
 * SampleRequest.of(16, seed).withTemperature(0.9f)                  // bolder than the model
 * }</pre>
 *
 * @param count the number of images, at least 0
 * @param known the images to complete, {@code count} of them, if some pixels are known
 * @param small the small images that a multi-scale model enlarges, {@code count} of them, if they
 *     are given
 * @param seed the seed of all random numbers
 * @param temperature the number that divides the logits: 1 samples from the model, 0 takes the most
 *     likely level of every sub-pixel
 */
public record SampleRequest(
    int count, Optional<KnownPixels> known, Optional<Images> small, long seed, float temperature) {

  /**
   * Checks all that can be checked without a model.
   *
   * @throws InputException if {@code count} is negative, or if {@code temperature} is negative,
   *     infinite or not a number
   * @throws IllegalArgumentException if {@code count} is not the number of images given, or if both
   *     known pixels and small images are given
   */
  public SampleRequest {
    if (count < 0) {
      throw new InputException("count = " + count + "; expected at least 0");
    }
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new InputException(
          "temperature = " + temperature + "; expected a finite number of at least 0");
    }
    if (known.isPresent() && small.isPresent()) {
      throw new IllegalArgumentException("known pixels and small images; expected one of them");
    }
    for (Images images : known.map(KnownPixels::images).or(() -> small).stream().toList()) {
      if (images.count() != count) {
        throw new IllegalArgumentException("count = " + count + " for " + images);
      }
    }
  }

  /**
   * Asks for new images at temperature 1. The first images of a large request are those of a small
   * one with the same seed.
   *
   * @throws InputException if {@code count} is negative
   */
  public static SampleRequest of(int count, long seed) {
    return new SampleRequest(count, Optional.empty(), Optional.empty(), seed, 1);
  }

  /**
   * Asks for the unknown pixels of images, at temperature 1.
   *
   * @param known true where a pixel is known: {@code [n, height, width]}, or {@code [height,
   *     width]} for all images alike
   * @throws InputException if {@code known} has neither length
   */
  public static SampleRequest completing(Images images, boolean[] known, long seed) {
    return new SampleRequest(
        images.count(), Optional.of(KnownPixels.of(images, known)), Optional.empty(), seed, 1);
  }

  /** Asks a multi-scale model for large images, each made from a small one, at temperature 1. */
  public static SampleRequest upscaling(Images small, long seed) {
    return new SampleRequest(small.count(), Optional.empty(), Optional.of(small), seed, 1);
  }

  /**
   * Makes the same request at another temperature.
   *
   * @throws InputException if {@code temperature} is negative, infinite or not a number
   */
  public SampleRequest withTemperature(float temperature) {
    return new SampleRequest(count, known, small, seed, temperature);
  }

  /**
   * Checks that a model can answer this request.
   *
   * @throws InputException if the given images have another shape than the model's, if small images
   *     are given to a model without them, or if all images together exceed 2 GiB
   */
  SampleRequest checkedFor(ImageShape shape, Optional<ImageShape> smallShape) {
    int most = Integer.MAX_VALUE / shape.dimensions();
    if (count > most) {
      throw new InputException("count = " + count + "; expected 0 to " + most);
    }
    known.ifPresent(pixels -> check("images", pixels.images(), shape));
    small.ifPresent(
        images ->
            check(
                "small images",
                images,
                smallShape.orElseThrow(
                    () ->
                        new InputException(
                            "small images for a model of "
                                + shape
                                + "; expected a multi-scale model"))));
    return this;
  }

  /**
   * Checks the shape of images.
   *
   * @param name the name of the images in the message
   * @throws InputException if they have another shape
   */
  static void check(String name, Images images, ImageShape expected) {
    if (!images.shape().equals(expected)) {
      throw new InputException(name + " are " + images.shape() + "; expected " + expected);
    }
  }
}
