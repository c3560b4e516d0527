package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.DataConfig;

/** A sampler gives the same images in every way, and says what it knows of the model. */
class SamplerTest {
  @TempDir private Path folder;
  @AutoClose private static final TinyModels MODELS = new TinyModels();

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void theSameSeedGivesTheSameImages(String name) {
    Sampler sampler = MODELS.of(name);
    Images images = sampler.sample(5, 7, 1);
    assertEquals(images, sampler.sample(SampleRequest.of(5, 7)));
    assertEquals(images, sampler.sample(5, 7, 1, (row, levels) -> {}));
    assertEquals(images.slice(0, 2), sampler.sample(2, 7, 1));
    assertNotEquals(images, sampler.sample(5, 8, 1));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void theListenerIsToldOfEachRowInOrder(String name) {
    Sampler sampler = MODELS.of(name);
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
              values.add(levels.clone());
              // The array is the listener's own.
              levels[0] = 9;
            });
    assertEquals(IntStream.range(0, shape.height()).boxed().toList(), rows);
    for (int row : rows) {
      assertArrayEquals(
          KnownPixels.of(images, new boolean[shape.pixels()]).levelsOfRow(row), values.get(row));
    }
    assertEquals(images, sampler.sample(2, 5, 1));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void anEmptyBatchIsSampledAndScored(String name) {
    Sampler sampler = MODELS.of(name);
    Images none = Images.of(sampler.shape(), new byte[0]);
    assertEquals(none, sampler.sample(0, 1, 1));
    assertEquals(none, sampler.sample(0, 1, 1, (row, levels) -> {}));
    assertEquals(none, sampler.complete(none, new boolean[0], 1, 1));
    assertEquals(0, sampler.logProb(none).length);
    assertEquals(0, sampler.logProbByChannel(none).length);
    assertEquals(0, sampler.logits(none).length);
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#multiScale")
  void aLargeImageIsAnEnlargedSmallOne(String name) {
    Sampler sampler = MODELS.of(name);
    SmallImages small = sampler.small().orElseThrow();
    Images images = sampler.sample(5, 7, 1);
    Images reduced = small.of(images);
    assertEquals(small.sample(5, 7, 1), reduced);
    assertEquals(images, small.upscale(reduced, 7, 1));
    assertEquals(images, small.upscale(reduced, 7, 1, (row, levels) -> {}));
    assertEquals(images, sampler.sample(SampleRequest.upscaling(reduced, 7)));
  }

  @Test
  void severalThreadsUseOneSampler() {
    Sampler sampler = MODELS.of("pixelcnn");
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
  void theModelSaysWhereItComesFrom() {
    Sampler sampler = MODELS.of("pixelcnn");
    assertEquals(TinyModels.folder("pixelcnn").resolve("1"), sampler.version());
    assertEquals(sampler.shape(), ImageShape.of(sampler.provenance().orElseThrow().getModel()));
    assertTrue(sampler.signatures().contains("sample(count, seed, temperature) → images"));
    assertTrue(sampler.parameters() > 100);
  }

  @Test
  void picturesAreEvaluatedAsInTrainingButWithoutRandomCrops() throws IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    try (Sampler sampler = Sampler.open(version)) {
      assertTrue(sampler.provenance().orElseThrow().getData().hasRandomCrop());
      assertEquals(DataConfig.newBuilder().setHorizontalFlip(true).build(), sampler.dataConfig());
    }
    Files.delete(ModelFolder.provenanceFile(version));
    try (Sampler sampler = Sampler.open(version)) {
      assertEquals(DataConfig.getDefaultInstance(), sampler.dataConfig());
    }
  }
}
