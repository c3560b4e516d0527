package org.pixelrnn.sampler;

import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The small images of a multi-scale model (section 3.6 of the paper): {@link Sampler#small}. The
 * model samples small images first, and then large ones given the small ones. A large image of seed
 * S is the small image of seed S, enlarged with seed S.
 */
public final class SmallImages {
  private final LoadedModel model;
  private final ImageShape shape;

  /**
   * Gives access to the small images of a model.
   *
   * @param model a multi-scale model
   */
  SmallImages(LoadedModel model) {
    this.model = model;
    this.shape = model.signatures().smallShape().orElseThrow();
  }

  /** The shape of the small images. */
  public ImageShape shape() {
    return shape;
  }

  /**
   * Samples small images. The parameters and exceptions are those of {@link Sampler#sample(int,
   * long, float)}.
   */
  public Images sample(int count, long seed, float temperature) {
    return sampleFor(checked(SampleRequest.of(count, seed).withTemperature(temperature)));
  }

  /**
   * Samples large images, each given a small one.
   *
   * @param small images of {@link #shape}
   * @param seed the seed of all random numbers
   * @param temperature the number that divides the logits
   * @throws InputException if the images have another shape, or if {@code temperature} is negative,
   *     infinite or not a number
   */
  public Images upscale(Images small, long seed, float temperature) {
    SampleRequest request =
        checked(SampleRequest.upscaling(small, seed).withTemperature(temperature));
    try (TUint8 x = LevelTensors.of(small)) {
      return model.sample("upscale", Map.of("small", x), request, model.shape());
    }
  }

  /** Samples the same large images row by row and tells the listener of each row. */
  public Images upscale(Images small, long seed, float temperature, RowListener listener) {
    SampleRequest request =
        checked(SampleRequest.upscaling(small, seed).withTemperature(temperature));
    return RowStream.sampleAll(model, request, listener);
  }

  /**
   * Reduces large images to small ones, as the model was trained on them.
   *
   * @param images images of the model's shape
   * @throws InputException if the images have another shape
   */
  public Images of(Images images) {
    SampleRequest.check("images", images, model.shape());
    boolean[] none = new boolean[images.shape().pixels()];
    int size = Math.multiplyExact(images.count(), shape.dimensions());
    try (SignatureOutputs reduced = reduce(KnownPixels.of(images, none))) {
      return model.guarded(
          "reduce", () -> Images.of(shape, LevelTensors.levels(reduced, "small", size)));
    }
  }

  /**
   * Samples the small images from which a multi-scale model answers a request.
   *
   * @param request a request that the model can answer, without small images
   */
  Images sampleFor(SampleRequest request) {
    return model.during(() -> sampleInSteps(request));
  }

  private Images sampleInSteps(SampleRequest request) {
    if (request.known().isEmpty()) {
      try (TInt32 count = TInt32.scalarOf(request.count())) {
        return model.sample("sample_small", Map.of("count", count), request, shape);
      }
    }
    try (SignatureOutputs reduced = reduce(request.known().get())) {
      return model.sample(
          "complete_small",
          Map.of(
              "images", reduced.get("small").orElseThrow(),
              "known", reduced.get("known").orElseThrow()),
          request,
          shape);
    }
  }

  private SignatureOutputs reduce(KnownPixels pixels) {
    try (TUint8 x = LevelTensors.of(pixels.images());
        TBool k = LevelTensors.of(pixels)) {
      return model.call("reduce", Map.of("images", x, "known", k));
    }
  }

  private SampleRequest checked(SampleRequest request) {
    return request.checkedFor(model.shape(), model.signatures().smallShape());
  }
}
