package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.MultiScale;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.sampler.SmallImages;

/** An exported multi-scale model samples small images first, and large ones from them. */
class ExportedSmallImagesTest {
  private static final int COUNT = 101;

  /** The exact models, and some whose large network models every pixel, as the paper's does. */
  static Stream<Named<ModelConfig>> all() {
    return Stream.concat(
        TinyNetworks.scales(),
        Stream.of(MultiScale.Reduction.values())
            .map(
                reduction ->
                    Named.of(
                        "every pixel sampled, " + reduction,
                        samplingEveryPixel(
                            TinyNetworks.scales().findFirst().orElseThrow().getPayload(),
                            reduction))));
  }

  private static ModelConfig samplingEveryPixel(ModelConfig exact, MultiScale.Reduction reduction) {
    return exact.toBuilder()
        .setMultiScale(
            exact.getMultiScale().toBuilder().setDrawEveryPixel(true).setReduction(reduction))
        .build();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSampleIsAnEnlargedSmallImage(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    SmallImages small = sampler.small().orElseThrow();
    assertEquals(
        sampler.shape().height() / config.getMultiScale().getFactor(), small.shape().height());
    Images images = sampler.sample(COUNT, 7, 1);
    Images smallOnes = small.sample(COUNT, 7, 1);
    assertEquals(images, small.upscale(smallOnes, 7, 1));
    assertEquals(images, small.upscale(smallOnes, 7, 1, (row, levels) -> {}));
    assertEquals(images, sampler.sample(COUNT, 7, 1, (row, levels) -> {}));
    assertNotEquals(images, small.upscale(smallOnes, 8, 1));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#scales")
  void theSubsampleOfAnEnlargedImageIsTheSmallImage(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    SmallImages small = sampler.small().orElseThrow();
    Images given = random(small.shape(), 3);
    Images large = small.upscale(given, 5, 1);
    assertEquals(given, small.of(large));
    int factor = config.getMultiScale().getFactor();
    ImageShape shape = small.shape();
    for (int image = 0; image < COUNT; image++) {
      for (int row = 0; row < shape.height(); row++) {
        for (int column = 0; column < shape.width(); column++) {
          for (int channel = 0; channel < shape.channels(); channel++) {
            assertEquals(
                given.level(image, row, column, channel),
                large.level(image, row * factor, column * factor, channel));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("all")
  void knownPixelsStayHoweverTheyAreCompleted(ModelConfig config) {
    Sampler sampler = TinySamplers.of(config);
    Images images = random(sampler.shape(), 1);
    boolean[] known = new boolean[COUNT * sampler.shape().pixels()];
    Random random = new Random(2);
    for (int i = 0; i < known.length; i++) {
      known[i] = random.nextInt(3) > 0;
    }
    Images completed = sampler.complete(images, known, 4, 1);
    assertEquals(completed, sampler.complete(images, known, 4, 1, (row, levels) -> {}));
    for (int i = 0; i < completed.levels().length; i++) {
      if (known[i / sampler.shape().channels()]) {
        assertEquals(images.levels()[i], completed.levels()[i]);
      }
    }
    Arrays.fill(known, true);
    assertEquals(images, sampler.complete(images, known, 4, 1));
    assertEquals(images, sampler.complete(images, known, 4, 1, (row, levels) -> {}));
  }

  /** The upper left pixel of a large image has other random numbers than that of the small one. */
  @Test
  void bothScalesHaveRandomNumbersOfTheirOwn() {
    ModelConfig exact = TinyNetworks.twoScales(2, 2, 2, TinyNetworks.all().get(0));
    Sampler sampler = TinySamplers.of(samplingEveryPixel(exact, MultiScale.Reduction.SUBSAMPLE));
    SmallImages scale = sampler.small().orElseThrow();
    Images zero = Images.of(scale.shape(), new byte[1]);
    // Each large image is given the same small image, so its corner is independent of the sampled
    // small image. One image a seed: in a batch, the scales could give equal random numbers to
    // different images.
    int seeds = 600;
    int[][] table = new int[2][2];
    for (int seed = 0; seed < seeds; seed++) {
      int small = scale.sample(1, seed, 1).level(0, 0, 0, 0);
      table[small][scale.upscale(zero, seed, 1).level(0, 0, 0, 0)]++;
    }
    double rows = (table[0][0] + table[0][1]) * (double) (table[1][0] + table[1][1]);
    double columns = (table[0][0] + table[1][0]) * (double) (table[0][1] + table[1][1]);
    double determinant = (double) table[0][0] * table[1][1] - (double) table[0][1] * table[1][0];
    double correlation = determinant / Math.sqrt(rows * columns);
    assertTrue(Math.abs(correlation) < 4 / Math.sqrt(seeds), "correlation " + correlation);
  }

  @Test
  void anEmptyBatchIsSampled() {
    Sampler sampler = TinySamplers.of(TinyNetworks.scales().findFirst().orElseThrow().getPayload());
    assertEquals(0, sampler.sample(0, 1, 1).count());
    assertEquals(0, sampler.sample(0, 1, 1, (row, levels) -> {}).count());
    SmallImages small = sampler.small().orElseThrow();
    assertEquals(0, small.upscale(small.sample(0, 1, 1), 1, 1).count());
  }

  private static Images random(ImageShape shape, long seed) {
    Random random = new Random(seed);
    byte[] levels = new byte[COUNT * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }
}
