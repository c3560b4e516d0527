package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.math.Stats;
import com.google.common.primitives.Floats;
import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.RealData;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.sampler.Sampler;

/**
 * The outputs of the models in {@code savedmodels} never change. {@code golden.json} in each folder
 * holds the likelihoods of eight embedded pictures and the samples of one seed. With {@code
 * -Dgolden.write=true}, beside the options of slow tests, this test writes the files anew.
 */
class ShippedModelsTest {
  private static final Path FOLDER = Path.of("savedmodels");
  private static final long SEED = 1;

  /**
   * The test image of CIFAR-10 that is the least likely of all 10,000 under {@code
   * cifar10-diagonal-bilstm}: {@code tools/pixelrnn score} prints it. Under other models it may not
   * be the least likely, which makes the test stricter.
   */
  private static final int LEAST_LIKELY = 7892;

  /**
   * The outputs of a model when it was shipped.
   *
   * @param logProb log-likelihoods of the first test pictures of {@code strokes}, in nats
   * @param samples levels of the images sampled from seed 1: a digit each, or two hexadecimal
   *     digits if there are more than 16
   */
  private record Golden(List<Float> logProb, List<String> samples) {}

  static List<Path> models() throws IOException {
    try (Stream<Path> entries = Files.list(FOLDER)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("models")
  void goldenOutputsAreUnchanged(Path model) throws IOException {
    Path file = model.resolve("golden.json");
    Golden found = outputs(model);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(file, new Gson().toJson(found) + "\n");
    }
    Golden expected = new Gson().fromJson(Files.readString(file), Golden.class);
    assertEquals(8, expected.logProb.size());
    for (int i = 0; i < expected.logProb.size(); i++) {
      float nats = expected.logProb.get(i);
      assertEquals(nats, found.logProb.get(i), 1e-4 * Math.abs(nats), "picture " + i);
    }
    assertEquals(expected.samples.size(), found.samples.size());
    // A sum in another order may change one pixel in a million, and then all later pixels.
    long same = expected.samples.stream().filter(found.samples::contains).count();
    assertTrue(same >= expected.samples.size() - 1, same + " images are as they were");
  }

  /**
   * The likelihood of test images is that of RESULTS.md, and samples of colour images do not end in
   * noise: such a sample is less likely under the model than any test image. One in twenty is
   * allowed.
   */
  @ParameterizedTest
  @MethodSource("models")
  @Tag("slow")
  void testImagesAndSamplesAreAsLikelyAsTheyShouldBe(Path model) throws IOException {
    Path folder = data(model);
    assumeTrue(Files.isDirectory(folder), folder + " is not here");
    Matcher row =
        Pattern.compile(
                "^\\| `" + model.getFileName() + "` .*\\| \\*\\*([0-9.]+) ± ([0-9.]+)\\*\\* ",
                Pattern.MULTILINE)
            .matcher(Files.readString(FOLDER.resolve("RESULTS.md")));
    assertTrue(row.find(), "no row of " + model);
    try (Sampler sampler = Sampler.open(model)) {
      List<Float> likelihoods = ofTestImages(sampler, spec(folder));
      Stats nats = Stats.of(likelihoods);
      boolean colour = sampler.shape().levels() == 256;
      // RESULTS.md gives colour images in bits per dimension.
      double unit = colour ? sampler.shape().bitsPerDimension(1) : 1;
      double standardError = nats.sampleStandardDeviation() / Math.sqrt((double) nats.count());
      assertEquals(Double.parseDouble(row.group(1)), -nats.mean() * unit, 3 * standardError * unit);
      if (colour) {
        double least =
            folder.equals(RealData.cifar10())
                ? Math.min(nats.min(), ofOneTestImage(sampler, spec(folder), LEAST_LIKELY))
                : nats.min();
        long noise =
            Floats.asList(sampler.logProb(sampler.sample(100, SEED, 1))).stream()
                .filter(sample -> sample < least)
                .count();
        assertTrue(noise <= 5, noise + " of 100 samples are less likely than every test image");
      }
    }
  }

  /** The log-likelihoods of the first 1,000 test images. */
  private static List<Float> ofTestImages(Sampler sampler, String spec) {
    List<Float> likelihoods = new ArrayList<>();
    DataConfig config = sampler.dataConfig();
    try (ImageDataset data = Datasets.open(spec, config, sampler.shape())) {
      for (Images batch :
          new EvaluationImages(data, Split.TEST, sampler.shape(), config, 100, 1000)) {
        likelihoods.addAll(Floats.asList(sampler.logProb(batch)));
      }
    }
    assertEquals(1000, likelihoods.size());
    return likelihoods;
  }

  private static float ofOneTestImage(Sampler sampler, String spec, int number) {
    byte[] levels = new byte[sampler.shape().dimensions()];
    try (ImageDataset data = Datasets.open(spec, sampler.dataConfig(), sampler.shape())) {
      data.read(Split.TEST, 0, number, levels);
    }
    return sampler.logProb(Images.of(sampler.shape(), levels))[0];
  }

  /** The folder of the data that a model was trained on. */
  private static Path data(Path model) {
    String name = model.getFileName().toString();
    if (name.startsWith("mnist")) {
      return RealData.mnist();
    }
    return name.startsWith("cifar10") ? RealData.cifar10() : RealData.tinyImagenet();
  }

  private static String spec(Path folder) {
    if (folder.equals(RealData.mnist())) {
      return "mnist:" + folder;
    }
    return folder.equals(RealData.cifar10())
        ? "cifar10:" + folder
        : "tfrecord:" + folder + "/*.tfrecord.gz";
  }

  private static Golden outputs(Path model) {
    try (Sampler sampler = Sampler.open(model)) {
      ImageShape shape = sampler.shape();
      boolean colour = shape.channels() == 3;
      DataConfig config =
          colour
              ? DataConfig.getDefaultInstance()
              : DataConfig.newBuilder().setBinarisation(DataConfig.Binarisation.STOCHASTIC).build();
      Images pictures;
      try (var data = Datasets.open(colour ? "strokes-rgb" : "strokes", config, shape)) {
        pictures = new EvaluationImages(data, Split.TEST, shape, config, 8, 8).batch(0);
      }
      Images sampled = sampler.sample(4, SEED, 1);
      HexFormat digits = HexFormat.of();
      List<String> samples = new ArrayList<>();
      for (int i = 0; i < sampled.count(); i++) {
        StringBuilder levels = new StringBuilder();
        for (byte level : sampled.slice(i, i + 1).levels()) {
          levels.append(shape.levels() > 16 ? digits.toHexDigits(level) : level);
        }
        samples.add(levels.toString());
      }
      return new Golden(Floats.asList(sampler.logProb(pictures)), samples);
    }
  }
}
