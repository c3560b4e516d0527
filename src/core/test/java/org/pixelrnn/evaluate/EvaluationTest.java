package org.pixelrnn.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Floats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

class EvaluationTest {
  private static final ModelConfig GREY = model(1);
  private static final ModelConfig COLOUR = model(3);

  @TempDir private Path folder;

  @Test
  void isTheMeanOverTheTestSplit() {
    try (Sampler sampler = open(GREY)) {
      Noise data = new Noise(sampler.shape(), 230);
      Images images =
          new EvaluationImages(
                  data, Split.TEST, sampler.shape(), DataConfig.getDefaultInstance(), 230, 0)
              .batch(0);
      Likelihood measured = Evaluation.of(sampler, data).measure();
      double sum = Floats.asList(sampler.logProb(images)).stream().mapToDouble(f -> f).sum();
      assertEquals(230, measured.getImages());
      assertEquals("test", measured.getSplit());
      assertEquals(-sum / 230, measured.getNatsPerImage(), 1e-4);
      assertEquals(
          sampler.shape().bitsPerDimension(measured.getNatsPerImage()),
          measured.getBitsPerDim(),
          1e-9);
      assertTrue(measured.getStandardErrorNats() > 0);
      assertFalse(measured.hasBound());
      assertEquals(0, measured.getBitsPerDimPerChannelCount());
    }
  }

  @Test
  void aSplitAndALimitCanBeChosen() {
    try (Sampler sampler = open(GREY)) {
      Evaluation test = Evaluation.of(sampler, new Noise(sampler.shape(), 8));
      Evaluation validation = test.split(Split.VALIDATION);
      assertEquals("validation", validation.measure().getSplit());
      assertEquals(3, validation.limit(3).measure().getImages());
      assertEquals(8, validation.measure().getImages());
      assertFalse(
          validation.measure().getNatsPerImage() == test.measure().getNatsPerImage(),
          "the splits have images of their own");
      assertThrows(IllegalArgumentException.class, () -> test.limit(-1));
    }
  }

  @Test
  void theListenerHearsOfEveryBatch() {
    try (Sampler sampler = open(GREY)) {
      List<String> heard = new ArrayList<>();
      Evaluation.of(sampler, new Noise(sampler.shape(), 230))
          .listener((done, total) -> heard.add(done + "/" + total))
          .measure();
      assertEquals(List.of("100/230", "200/230", "230/230"), heard);
    }
  }

  @Test
  void inColourTheChannelsAreMeasuredToo() {
    try (Sampler sampler = open(COLOUR)) {
      Likelihood measured = Evaluation.of(sampler, new Noise(sampler.shape(), 20)).measure();
      assertEquals(3, measured.getBitsPerDimPerChannelCount());
      double mean =
          measured.getBitsPerDimPerChannelList().stream().mapToDouble(b -> b).average().orElse(0);
      assertEquals(measured.getBitsPerDim(), mean, 1e-5);
    }
  }

  @Test
  void aModelThatSamplesEveryPixelTwiceHasABound() {
    ModelConfig.Builder twice = TinyNetworks.twoScales(4, 4, 2, COLOUR).toBuilder();
    twice.getMultiScaleBuilder().setDrawEveryPixel(true);
    try (Sampler sampler = open(twice.build())) {
      Likelihood measured = Evaluation.of(sampler, new Noise(sampler.shape(), 4)).measure();
      assertTrue(measured.getBound());
      assertEquals(0, measured.getBitsPerDimPerChannelCount());
    }
  }

  @Test
  void refusesASplitWithoutImagesAndImagesOfAnotherShape() {
    try (Sampler sampler = open(GREY)) {
      Evaluation empty = Evaluation.of(sampler, new Noise(sampler.shape(), 0));
      InputException e = assertThrows(InputException.class, empty::measure);
      assertEquals("data noise: there are no images in the split test", e.getMessage());
      Evaluation other = Evaluation.of(sampler, new Noise(new ImageShape(5, 3, 1, 256), 4));
      assertThrows(InputException.class, other::measure);
    }
  }

  private Sampler open(ModelConfig config) {
    return Sampler.open(TinyExports.write(folder, config, 9));
  }

  private static ModelConfig model(int channels) {
    return TinyNetworks.all().stream()
        .filter(config -> config.getChannels() == channels && config.hasPixelCnn())
        .findFirst()
        .orElseThrow();
  }

  /** Random pictures of a model's size. */
  private record Noise(ImageShape model, int count) implements ImageDataset {
    @Override
    public ImageShape shape() {
      return new ImageShape(model.height(), model.width(), model.channels(), 256);
    }

    @Override
    public int size(Split split) {
      return count;
    }

    @Override
    public void read(Split split, long epoch, int index, byte[] into) {
      new Random(1000L * split.name().length() + index).nextBytes(into);
    }

    @Override
    public String name() {
      return "noise";
    }

    @Override
    public String digest() {
      return "";
    }
  }
}
