package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.primitives.Bytes;
import com.google.common.primitives.Floats;
import com.google.gson.Gson;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.TrainingBatches;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.sampler.Sampler;

/**
 * Runs and exports of an earlier version resume, sample, and can be begun from. The README of the
 * folder {@code f532794} says how they were made: with {@code threads(1)}, to step 3 of 6.
 */
@Tag("slow")
class OldRunsTest {
  /** On another processor, which adds in another order, weights differ by less than this. */
  private static final float WEIGHT_TOLERANCE = 1e-6f;

  private static final float NATS_TOLERANCE = 1e-4f;

  /** The earlier version's own results, {@code expected.json}. */
  private record Expected(Resumed resumed, Sampled sampled) {}

  /** The printed ends of the stages at step 6, and the weights in the export of that step. */
  private record Resumed(List<String> printed, String variables_sha256, List<Float> variables) {}

  private record Sampled(List<Byte> levels, List<Float> log_prob) {}

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"pixel_cnn", "row_lstm", "diagonal_bilstm", "multi_scale"})
  void anOldRunResumes(String architecture) throws IOException {
    Path run = folder.resolve("run");
    copy(kept(architecture).resolve("run"), run);
    Heard heard = Heard.only();
    TrainingResult result;
    try (Training training =
        Training.builder(config(architecture))
            .data("strokes")
            .runDirectory(run)
            .threads(1)
            .listener(heard)
            .build()) {
      result = training.run();
    }
    Resumed expected = expected(architecture).resumed();
    assertEquals(expected.printed(), result.stages().stream().map(OldRunsTest::printed).toList());
    heard.events(TrainingEvent.Began.class).forEach(began -> assertEquals(3, began.firstStep()));
    Path variables =
        result.export(folder.resolve("model")).resolve("variables/variables.data-00000-of-00001");
    HashCode digest = MoreFiles.asByteSource(variables).hash(Hashing.sha256());
    if (!digest.toString().equals(expected.variables_sha256())) {
      assertArrayEquals(Floats.toArray(expected.variables()), floats(variables), WEIGHT_TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixel_cnn", "row_lstm", "diagonal_bilstm", "multi_scale"})
  void anOldExportSamples(String architecture) throws IOException {
    Sampled expected = expected(architecture).sampled();
    try (Sampler sampler = Sampler.open(kept(architecture).resolve("export"))) {
      Images images = sampler.sample(4, 1, 1);
      assertEquals(expected.levels(), Bytes.asList(images.levels()));
      assertArrayEquals(
          Floats.toArray(expected.log_prob()), sampler.logProb(images), NATS_TOLERANCE);
    }
  }

  /** The first step's loss is the export's own, so its weights are those of the new run. */
  @ParameterizedTest
  @ValueSource(strings = {"pixel_cnn", "row_lstm", "diagonal_bilstm", "multi_scale"})
  void anOldExportCanBeBegunFrom(String architecture) throws IOException {
    Path export = kept(architecture).resolve("export");
    RunConfig config = StartingModel.of(export).config();
    Heard heard = Heard.only();
    try (Sampler sampler = Sampler.open(export);
        ImageDataset data = Datasets.open("strokes", config.getData(), sampler.shape())) {
      try (Training training =
          Training.builder(config)
              .data(data)
              .runDirectory(folder.resolve("run"))
              .startingFrom(export)
              .maxSteps(1)
              .listener(heard)
              .build()) {
        training.run();
      }
      Images batch =
          new TrainingBatches(
                  data,
                  sampler.shape(),
                  config.getData(),
                  config.getTraining().getBatchSize(),
                  config.getTraining().getSeed())
              .batch(0);
      double nats = 0;
      for (float logProb : sampler.logProb(batch)) {
        nats -= logProb / batch.count();
      }
      // log p(x) = log p(small) + log p(x | small): the losses of the two stages.
      double losses =
          heard.events(TrainingEvent.StepTaken.class).stream().mapToDouble(s -> s.nats()).sum();
      assertEquals(nats, losses, NATS_TOLERANCE);
    }
    heard
        .events(TrainingEvent.Began.class)
        .forEach(began -> assertEquals(Optional.of(export.resolve("1")), began.startingModel()));
  }

  /** A stage's end in the words of the earlier version's command line. */
  private static String printed(TrainingResult.StageEnd end) {
    Likelihood likelihood = end.validation().orElseThrow();
    return String.format(
        Locale.ROOT,
        "%s%d steps: validation %.2f ± %.2f nats per image, %.4f bits/dim",
        end.stage() == Stage.WHOLE ? "" : "stage " + Stages.name(end.stage()) + ": ",
        end.steps(),
        likelihood.getNatsPerImage(),
        likelihood.getStandardErrorNats(),
        likelihood.getBitsPerDim());
  }

  private static RunConfig config(String architecture) {
    return ConfigFile.read(kept(architecture).resolve("config.textproto"));
  }

  private static Expected expected(String architecture) throws IOException {
    return new Gson()
        .fromJson(Files.readString(kept(architecture).resolve("expected.json")), Expected.class);
  }

  private static Path kept(String architecture) {
    try {
      return Path.of(OldRunsTest.class.getResource("f532794/" + architecture).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(from)) {
      all.forEach(files::add);
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file)));
    }
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
