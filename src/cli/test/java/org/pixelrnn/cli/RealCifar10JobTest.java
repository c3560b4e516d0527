package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.run;

import com.google.common.collect.Streams;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.IndependentPixels;
import org.pixelrnn.data.RealData;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.DataConfig;

/** A few hundred steps on CIFAR-10, then export and eval. */
@Tag("slow")
@EnabledIf("org.pixelrnn.data.RealData#hasCifar10")
class RealCifar10JobTest {
  private static final int IMAGES = 500;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "cifar10-small-pixelcnn, 250",
    "cifar10-small-row-lstm, 200",
    "cifar10-small-diagonal-bilstm, 200"
  })
  void aFewHundredStepsAreBetterThanIndependentColours(String preset, String steps) {
    String data = "cifar10:" + RealData.cifar10();
    String run = folder.resolve("run").toString();
    String model = folder.resolve("model").toString();
    run(0, "train --preset {} --data {} --max-steps {} --run-dir {}", preset, data, steps, run);
    run(0, "export --run-dir {} --to {}", run, model);
    JsonObject measured =
        run(0, "eval --model {} --data {} --limit {} --json", model, data, IMAGES).json();
    double bits = measured.get("bits_per_dim").getAsDouble();
    double histogram = histogram(data);
    assertTrue(bits < 5.5, bits + " bits/dim");
    assertTrue(bits < histogram, bits + " bits/dim, histograms " + histogram);
    // The best models known are near 2.5.
    assertTrue(bits > 2.5, bits + " bits/dim");
    double sum = 0;
    for (int channel = 0; channel < 3; channel++) {
      sum += measured.getAsJsonArray("bits_per_dim_per_channel").get(channel).getAsDouble();
    }
    assertEquals(bits, sum / 3, 1e-9);
  }

  /**
   * Bits per dimension of the same images if all pixels were independent: one histogram of 256 bins
   * a channel, counted on training images.
   */
  private static double histogram(String spec) {
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    ImageShape pixel = new ImageShape(1, 1, 3, 256);
    DataConfig config = DataConfig.getDefaultInstance();
    try (ImageDataset data = Datasets.open(spec, config, shape)) {
      // Every pixel counts as an image of its own.
      IndependentPixels histograms =
          IndependentPixels.fit(
              pixel,
              () ->
                  Streams.stream(new EvaluationImages(data, Split.TRAIN, shape, config, 100, 5000))
                      .map(batch -> Images.of(pixel, batch.levels()))
                      .iterator());
      Images test = new EvaluationImages(data, Split.TEST, shape, config, IMAGES, IMAGES).batch(0);
      double nats = 0;
      for (double each : histograms.nats(Images.of(pixel, test.levels()))) {
        nats += each;
      }
      return shape.bitsPerDimension(nats / IMAGES);
    }
  }
}
