package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.run;

import com.google.common.primitives.Floats;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.RealData;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.sampler.Sampler;

/**
 * The models in {@code savedmodels} are what they are said to be, and stay so: {@code golden.json}
 * beside each holds the likelihoods of eight embedded pictures and what is drawn from a seed. With
 * {@code -Dgolden.write=true} the files are written anew.
 */
class ShippedModelsTest {
  private static final Path FOLDER = Path.of("savedmodels");
  private static final long SEED = 1;

  /**
   * What a model gave when it was shipped.
   *
   * @param logProb of the first test pictures of {@code strokes}, in nats
   * @param samples level indices of images drawn from seed 1, as digits
   */
  private record Golden(List<Float> logProb, List<String> samples) {}

  static List<Path> models() throws IOException {
    try (Stream<Path> entries = Files.list(FOLDER)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
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
    // A sum in another order may decide one pixel in a million otherwise, and all after it.
    long same = expected.samples.stream().filter(found.samples::contains).count();
    assertTrue(same >= expected.samples.size() - 1, same + " images are as they were");
  }

  @ParameterizedTest
  @MethodSource("models")
  @Tag("slow")
  @EnabledIf("org.pixelrnn.data.RealData#hasMnist")
  void theLikelihoodIsThatOfTheResults(Path model) throws IOException {
    Matcher row =
        Pattern.compile(
                "^\\| `" + model.getFileName() + "` .*\\| \\*\\*([0-9.]+) ± ([0-9.]+)\\*\\* ",
                Pattern.MULTILINE)
            .matcher(Files.readString(FOLDER.resolve("RESULTS.md")));
    assertTrue(row.find(), "no row of " + model);
    JsonObject measured =
        run(
                0,
                "eval",
                "--model",
                model,
                "--data",
                "mnist:" + RealData.mnist(),
                "--limit",
                1000,
                "--json")
            .json();
    assertEquals(1000, measured.get("images").getAsInt());
    assertEquals(
        Double.parseDouble(row.group(1)),
        measured.get("nats_per_image").getAsDouble(),
        3 * measured.get("standard_error_nats").getAsDouble());
  }

  private static Golden outputs(Path model) {
    try (Sampler sampler = Sampler.open(model)) {
      DataConfig binarised =
          DataConfig.newBuilder().setBinarisation(DataConfig.Binarisation.STOCHASTIC).build();
      Images pictures;
      try (var data = Datasets.open("strokes", binarised, sampler.shape())) {
        pictures =
            new EvaluationImages(data, Split.TEST, sampler.shape(), binarised, 8, 8).batch(0);
      }
      Images drawn = sampler.sample(4, SEED, 1);
      List<String> samples =
          Stream.iterate(0, i -> i + 1)
              .limit(drawn.count())
              .map(i -> digits(drawn.slice(i, i + 1).levels()))
              .toList();
      return new Golden(Floats.asList(sampler.logProb(pictures)), samples);
    }
  }

  private static String digits(byte[] levels) {
    StringBuilder digits = new StringBuilder();
    for (byte level : levels) {
      digits.append(level);
    }
    return digits.toString();
  }
}
