package org.pixelrnn.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.NoExactLikelihoodException;
import org.pixelrnn.sampler.Sampler;

class RankingTest {
  @TempDir private Path folder;

  @Test
  void theLeastLikelyImageIsFirst() {
    try (Sampler sampler = open(grey())) {
      ImageDataset data = noise(sampler.shape(), 230);
      Images images =
          new EvaluationImages(
                  data, Split.TEST, sampler.shape(), DataConfig.getDefaultInstance(), 230, 0)
              .batch(0);
      float[] logProb = sampler.logProb(images);
      List<String> heard = new ArrayList<>();
      Ranking ranking =
          Ranking.of(sampler, data).listener((done, total) -> heard.add(done + "/" + total));
      List<ImageScore> scores = ranking.measure();
      assertEquals(230, scores.size());
      assertEquals(List.of("100/230", "200/230", "230/230"), heard);
      assertEquals(
          scores.stream().sorted(Comparator.comparingDouble(s -> -s.nats())).toList(), scores);
      Set<Integer> seen = new HashSet<>();
      for (ImageScore score : scores) {
        assertTrue(seen.add(score.index()), score.toString());
        assertEquals("test/" + score.index(), score.name());
        assertEquals(-logProb[score.index()], score.nats(), 1e-4);
        assertEquals(sampler.shape().bitsPerDimension(score.nats()), score.bitsPerDim(), 1e-9);
      }
      List<ImageScore> some = List.of(scores.get(3), scores.get(0));
      assertEquals(
          Images.concat(some.stream().map(s -> images.slice(s.index(), s.index() + 1)).toList()),
          ranking.images(some));
    }
  }

  @Test
  void splitsAndALimitCanBeChosen() {
    try (Sampler sampler = open(grey())) {
      Ranking ranking = Ranking.of(sampler, noise(sampler.shape(), 8));
      Ranking all = ranking.splits(List.of(Split.values()));
      assertEquals(24, all.measure().size());
      List<ImageScore> first = all.limit(10).measure();
      assertEquals(10, all.limit(10).count());
      assertEquals(8, first.stream().filter(s -> s.split() == Split.TRAIN).count());
      assertEquals(2, first.stream().filter(s -> s.split() == Split.VALIDATION).count());
      assertThrows(IllegalArgumentException.class, () -> ranking.limit(-1));
      InputException empty =
          assertThrows(
              InputException.class, () -> Ranking.of(sampler, noise(sampler.shape(), 0)).measure());
      assertTrue(empty.getMessage().contains("no images in the split test"), empty.getMessage());
    }
  }

  /** Names of files may contain anything. A broken picture has no score of its own. */
  @Test
  void picturesHaveTheNamesOfTheirFiles() throws IOException {
    try (Sampler sampler = open(grey())) {
      Path pictures = Files.createDirectories(folder.resolve("pictures"));
      Files.createDirectory(pictures.resolve("sub"));
      Set<String> expected = new HashSet<>();
      for (int i = 0; i < 119; i++) {
        String name = i < 2 ? "sub/a, \"" + i + "\"\n.png" : i + ".png";
        ImageFile.write(
            new BufferedImage(4 + i % 3, 5, BufferedImage.TYPE_BYTE_GRAY), pictures.resolve(name));
        expected.add(pictures + "/" + name);
      }
      Files.writeString(pictures.resolve("5-broken.png"), "not a picture");
      try (ImageDataset data =
          Datasets.open("folder:" + pictures, sampler.dataConfig(), sampler.shape())) {
        List<ImageScore> scores =
            Ranking.of(sampler, data).splits(List.of(Split.values())).measure();
        assertEquals(119, scores.size());
        Set<String> found = new HashSet<>();
        scores.forEach(score -> found.add(score.name()));
        assertEquals(expected, found);
      }
    }
  }

  @Test
  void aModelThatSamplesEveryPixelTwiceHasBoundsButNoBitsOfPixels() {
    ModelConfig.Builder twice = TinyNetworks.twoScales(4, 4, 2, grey()).toBuilder();
    try (Sampler exact = open(twice.build())) {
      assertTrue(exact.isExact());
    }
    twice.getMultiScaleBuilder().setDrawEveryPixel(true);
    try (Sampler sampler = open(twice.build())) {
      assertFalse(sampler.isExact());
      ImageDataset data = noise(sampler.shape(), 4);
      List<ImageScore> scores = Ranking.of(sampler, data).measure();
      assertEquals(4, scores.size());
      Images images = Ranking.of(sampler, data).images(scores);
      NoExactLikelihoodException refused =
          assertThrows(NoExactLikelihoodException.class, () -> sampler.pixelBits(images));
      assertTrue(refused.getMessage().contains("draw_every_pixel"), refused.getMessage());
    }
  }

  private Sampler open(ModelConfig config) {
    return Sampler.open(TinyExports.write(folder.resolve("model"), config, 9));
  }

  private static ModelConfig grey() {
    return TinyNetworks.all().stream()
        .filter(config -> config.getChannels() == 1 && config.hasPixelCnn())
        .findFirst()
        .orElseThrow();
  }

  /** Random pictures of a model's size, as many in each split. */
  private static ImageDataset noise(ImageShape model, int count) {
    ImageShape shape = new ImageShape(model.height(), model.width(), model.channels(), 256);
    byte[] values = new byte[Math.max(1, count) * shape.dimensions()];
    new Random(1).nextBytes(values);
    Images images = Images.of(shape, values);
    Images held = images.slice(0, count);
    return ImageDataset.of("noise", images, held, held);
  }
}
