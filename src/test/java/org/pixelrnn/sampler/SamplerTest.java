package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TUint8;

/** What the images of an exported model must be, for every architecture. */
class SamplerTest {
  @TempDir private Path folder;
  @AutoClose private static final TinySamplers SAMPLERS = new TinySamplers();

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theSameSeedGivesTheSameImagesHoweverTheyAreAskedFor(ModelConfig config) {
    Sampler sampler = SAMPLERS.of(config);
    assertEquals(ImageShape.of(config), sampler.shape());
    // Enough for several parts beside one another, the last of them smaller.
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
  void rowsArriveInOrderAndAreThoseOfTheImages(ModelConfig config) {
    Sampler sampler = SAMPLERS.of(config);
    ImageShape shape = sampler.shape();
    List<Integer> rows = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    Images images =
        sampler.sample(
            2,
            5,
            1,
            (row, levels) -> {
              rows.add(row);
              values.add(levels);
            });
    assertEquals(IntStream.range(0, shape.height()).boxed().toList(), rows);
    for (int row = 0; row < shape.height(); row++) {
      for (int i = 0; i < 2; i++) {
        for (int column = 0; column < shape.width(); column++) {
          for (int channel = 0; channel < shape.channels(); channel++) {
            assertEquals(
                images.level(i, row, column, channel),
                values.get(row)[(i * shape.width() + column) * shape.channels() + channel]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void knownPixelsComeBackUnchangedAndLeadTheOthers(ModelConfig config) {
    Sampler sampler = SAMPLERS.of(config);
    ImageShape shape = sampler.shape();
    Random random = new Random(1);
    Images images = sampler.sample(60, 1, 1);
    boolean[] all = new boolean[shape.pixels()];
    Arrays.fill(all, true);
    assertEquals(images, sampler.complete(images, all, 2, 1));

    boolean[] known = new boolean[60 * shape.pixels()];
    for (int i = 0; i < known.length; i++) {
      known[i] = random.nextBoolean();
    }
    Images completed = sampler.complete(images, known, 2, 1);
    assertEquals(completed, sampler.complete(images, known, 2, 1, (row, levels) -> {}));
    assertNotEquals(images, completed);
    for (int i = 0; i < completed.levels().length; i++) {
      if (known[i / shape.channels()]) {
        assertEquals(images.levels()[i], completed.levels()[i]);
      }
    }

    // What lies before the first unknown pixel being equal, the others are drawn from its logits.
    Images greedy = sampler.complete(images, known, 2, 0);
    byte[] best = mostLikely(sampler, greedy);
    for (int i = 0; i < best.length; i++) {
      assertEquals(known[i / shape.channels()] ? images.levels()[i] : best[i], greedy.levels()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void atTemperatureZeroEachSubPixelIsTheMostLikely(ModelConfig config) {
    Sampler sampler = SAMPLERS.of(config);
    Images greedy = sampler.sample(2, 1, 0);
    assertEquals(greedy, sampler.sample(2, 2, 0));
    assertArrayEquals(mostLikely(sampler, greedy), greedy.levels());
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void noImagesAreImagesToo(ModelConfig config) {
    Sampler sampler = SAMPLERS.of(config);
    Images none = nothing(sampler.shape(), 0);
    assertEquals(none, sampler.sample(0, 1, 1));
    assertEquals(none, sampler.sample(0, 1, 1, (row, levels) -> {}));
    assertEquals(none, sampler.complete(none, new boolean[0], 1, 1));
    assertEquals(none, sampler.complete(none, new boolean[0], 1, 1, (row, levels) -> {}));
    assertEquals(0, sampler.logProb(none).length);
    assertEquals(0, sampler.logits(none).length);
  }

  /** {@link Sampler#logProb} asks nothing about no images; other programs do. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theSignaturesAnswerAnEmptyBatch(ModelConfig config) {
    ImageShape shape = ImageShape.of(config);
    Path version = SAMPLERS.of(config).version();
    try (ServedModel model = ServedModel.load(version);
        TUint8 none =
            TUint8.tensorOf(Shape.of(0, shape.height(), shape.width(), shape.channels()));
        Result likelihood = model.call("log_prob", Map.of("images", none));
        Result logits = model.call("logits", Map.of("images", none))) {
      assertEquals(Shape.of(0), likelihood.get("log_prob").orElseThrow().shape());
      assertEquals(Shape.of(0), likelihood.get("bits_per_dim").orElseThrow().shape());
      assertEquals(
          Shape.of(0, shape.height(), shape.width(), shape.channels(), shape.levels()),
          logits.get("logits").orElseThrow().shape());
    }
  }

  @Test
  void severalThreadsUseOneSampler() {
    Sampler sampler = SAMPLERS.of(TinyNetworks.all().get(0));
    List<Images> alone =
        IntStream.range(0, 40).mapToObj(seed -> sampler.sample(3, seed, 1)).toList();
    List<Images> together =
        IntStream.range(0, 40)
            .parallel()
            .mapToObj(
                seed ->
                    seed % 2 == 0
                        ? sampler.sample(3, seed, 1)
                        : sampler.sample(3, seed, 1, (row, levels) -> {}))
            .toList();
    assertEquals(alone, together);
  }

  @Test
  void provenanceIsTheExporters() {
    ModelConfig config = TinyNetworks.all().get(0);
    Sampler sampler = SAMPLERS.of(config);
    assertEquals(config, sampler.provenance().orElseThrow().getModel());
    assertTrue(sampler.version().getFileName().toString().matches("[0-9]+"));
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

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theChannelsShareTheLikelihood(ModelConfig config) {
    try (Sampler sampler = Sampler.open(TinyExports.write(folder, config, 3))) {
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
  }
}
