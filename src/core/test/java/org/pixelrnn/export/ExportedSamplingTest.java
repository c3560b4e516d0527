package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TUint8;

/** Every exported architecture samples, completes and scores images as it should. */
class ExportedSamplingTest {

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theSameSeedGivesTheSameImagesHoweverTheyAreAskedFor(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    assertEquals(ImageShape.of(config), sampler.shape());
    // Enough images for several parts of a batch; the last part is smaller.
    Images images = sampler.sample(101, 7, 1);
    Images nothing = nothing(sampler.shape(), 101);
    boolean[] none = new boolean[sampler.shape().pixels()];

    assertEquals(images, sampler.sample(101, 7, 1));
    assertEquals(images, sampler.complete(nothing, none, 7, 1));
    assertEquals(images, sampler.sample(101, 7, 1, (row, levels) -> {}));
    assertEquals(images, sampler.complete(nothing, none, 7, 1, (row, levels) -> {}));
    assertEquals(images.slice(0, 2), sampler.sample(2, 7, 1));
    assertNotEquals(images, sampler.sample(101, 8, 1));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void knownPixelsComeBackUnchangedAndLeadTheOthers(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    ImageShape shape = sampler.shape();
    Random random = new Random(1);
    Images images = sampler.sample(70, 1, 1);
    boolean[] all = new boolean[shape.pixels()];
    Arrays.fill(all, true);
    assertEquals(images, sampler.complete(images, all, 2, 1));

    boolean[] known = new boolean[70 * shape.pixels()];
    for (int i = 0; i < known.length; i++) {
      known[i] = random.nextBoolean();
    }
    Images completed = sampler.complete(images, known, 2, 1);
    assertEquals(completed, sampler.complete(images, known, 2, 1, (row, levels) -> {}));
    assertNotEquals(images, completed);
    // The pixels of an image do not depend on how many parts its batch has.
    boolean[] ofFew = Arrays.copyOf(known, 5 * shape.pixels());
    assertEquals(completed.slice(0, 5), sampler.complete(images.slice(0, 5), ofFew, 2, 1));
    for (int i = 0; i < completed.levels().length; i++) {
      if (known[i / shape.channels()]) {
        assertEquals(images.levels()[i], completed.levels()[i]);
      }
    }

    // At temperature 0 each unknown pixel is the most likely one, given all pixels before it.
    Images greedy = sampler.complete(images, known, 2, 0);
    byte[] best = mostLikely(sampler, greedy);
    for (int i = 0; i < best.length; i++) {
      assertEquals(known[i / shape.channels()] ? images.levels()[i] : best[i], greedy.levels()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void atTemperatureZeroEachSubPixelIsTheMostLikely(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    Images greedy = sampler.sample(2, 1, 0);
    assertEquals(greedy, sampler.sample(2, 2, 0));
    assertArrayEquals(mostLikely(sampler, greedy), greedy.levels());
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void anEmptyBatchIsSampledAndScored(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    Images none = nothing(sampler.shape(), 0);
    assertEquals(none, sampler.sample(0, 1, 1));
    assertEquals(none, sampler.sample(0, 1, 1, (row, levels) -> {}));
    assertEquals(none, sampler.complete(none, new boolean[0], 1, 1));
    assertEquals(none, sampler.complete(none, new boolean[0], 1, 1, (row, levels) -> {}));
    assertEquals(0, sampler.logProb(none).length);
    assertEquals(0, sampler.logits(none).length);
  }

  /** {@link Sampler#logProb} does not call the model for an empty batch; other programs do. */
  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theSignaturesAnswerAnEmptyBatch(ModelConfig config) {
    ImageShape shape = ImageShape.of(config);
    Path version = TinySamplers.of(config).version();
    try (SavedModelBundle model = SavedModelBundle.load(version.toString(), "serve");
        TUint8 none =
            TUint8.tensorOf(Shape.of(0, shape.height(), shape.width(), shape.channels()));
        Result likelihood = model.function("log_prob").call(Map.of("images", none));
        Result logits = model.function("logits").call(Map.of("images", none))) {
      assertEquals(Shape.of(0), likelihood.get("log_prob").orElseThrow().shape());
      assertEquals(Shape.of(0), likelihood.get("bits_per_dim").orElseThrow().shape());
      assertEquals(
          Shape.of(0, shape.height(), shape.width(), shape.channels(), shape.levels()),
          logits.get("logits").orElseThrow().shape());
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theChannelsShareTheLikelihood(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    Images images = sampler.sample(7, 5, 1);
    float[] logits = sampler.logits(images);
    float[] whole = sampler.logProb(images);
    float[] parts = sampler.logProbByChannel(images);
    int channels = sampler.shape().channels();
    int levels = sampler.shape().levels();
    assertEquals(7 * channels, parts.length);
    double[] expected = new double[parts.length];
    for (int i = 0; i < images.levels().length; i++) {
      double sum = 0;
      for (int k = 0; k < levels; k++) {
        sum += Math.exp(logits[i * levels + k]);
      }
      int image = i / sampler.shape().dimensions();
      expected[image * channels + i % channels] +=
          logits[i * levels + images.levels()[i]] - Math.log(sum);
    }
    for (int i = 0; i < parts.length; i++) {
      assertEquals(expected[i], parts[i], 1e-4);
    }
    for (int image = 0; image < 7; image++) {
      double sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        sum += parts[image * channels + channel];
      }
      assertEquals(whole[image], sum, 1e-4);
    }
  }

  private static byte[] mostLikely(Sampler sampler, Images images) {
    int levels = sampler.shape().levels();
    float[] logits = sampler.logits(images);
    byte[] best = new byte[images.levels().length];
    for (int i = 0; i < best.length; i++) {
      for (byte level = 1; level < levels; level++) {
        if (logits[i * levels + level] > logits[i * levels + best[i]]) {
          best[i] = level;
        }
      }
    }
    return best;
  }

  private static Images nothing(ImageShape shape, int count) {
    return Images.of(shape, new byte[count * shape.dimensions()]);
  }
}
