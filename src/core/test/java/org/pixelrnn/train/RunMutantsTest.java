package org.pixelrnn.train;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.Mutants;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.TfRecordFraming;
import org.pixelrnn.sampler.ModelFolder;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/**
 * Damaged files of a run and of a configuration: they are read, passed over, or refused by name.
 *
 * <p>Thousands of mutants of each file, about ten minutes:
 *
 * <pre>
 *   mvn test -pl src/core -am -Dtest=RunMutantsTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *       -Dtest.processes=1 -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class RunMutantsTest {
  private static final int SOME = 500;
  private static final int MANY = 5_000;

  private static final byte[] EVENT =
      Event.newBuilder()
          .setStep(3)
          .setSummary(
              Summary.newBuilder()
                  .addValue(
                      Summary.Value.newBuilder()
                          .setTag(TensorBoardLog.VALIDATION)
                          .setSimpleValue(1.5f)))
          .build()
          .toByteArray();

  @TempDir private Path folder;

  @BeforeEach
  void aRunAndAnExport() throws IOException {
    Path origin = resource("f532794/pixel_cnn");
    try (Stream<Path> files = Files.walk(origin)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = folder.resolve(origin.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(RunMutantsTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** For each file: its name, the part to damage (empty for all of it), its framing, its reader. */
  static Stream<Arguments> files() {
    byte[] all = {};
    UnaryOperator<byte[]> plain = UnaryOperator.identity();
    Consumer<Path> config = folder -> ConfigFile.read(folder.resolve("config.textproto"));
    Consumer<Path> run = folder -> RunDirectory.open(folder.resolve("run"));
    Consumer<Path> curve = RunMutantsTest::curve;
    Consumer<Path> provenance = folder -> ModelFolder.provenance(folder.resolve("export/1"));
    return Stream.of(
        arguments("config.textproto", all, plain, config),
        arguments("run/run.textproto", all, plain, run),
        arguments(
            "run/checkpoints/step-00000003/manifest.textproto",
            all,
            plain,
            (Consumer<Path>) RunMutantsTest::checkpoints),
        arguments(
            "run/checkpoints/step-00000003/variables.index",
            all,
            plain,
            (Consumer<Path>) RunMutantsTest::checkpoints),
        arguments("run/events", all, plain, curve),
        arguments("run/events", EVENT, (UnaryOperator<byte[]>) RunMutantsTest::framed, curve),
        arguments("export/1/assets.extra/pixelrnn.textproto", all, plain, provenance));
  }

  private static void curve(Path folder) {
    try {
      LearningCurve.of(RunDirectory.open(folder.resolve("run")));
    } catch (InputException e) {
      // The whole events before the damage may hold no validation.
      if (!e.getMessage().contains("nothing has been validated yet")) {
        throw e;
      }
    }
  }

  private static void checkpoints(Path folder) {
    try {
      RunDirectory.open(folder.resolve("run")).checkpoints().best();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of a damaged event and of a good one. */
  private static byte[] framed(byte[] event) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      TfRecordFraming.write(file, event);
      TfRecordFraming.write(file, EVENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  @Tag("slow")
  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("files")
  void some(String name, byte[] part, UnaryOperator<byte[]> frame, Consumer<Path> reading)
      throws IOException {
    check(name, part, frame, reading, SOME);
  }

  @Tag("soak")
  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("files")
  void many(String name, byte[] part, UnaryOperator<byte[]> frame, Consumer<Path> reading)
      throws IOException {
    check(name, part, frame, reading, MANY);
  }

  private void check(
      String name, byte[] part, UnaryOperator<byte[]> frame, Consumer<Path> reading, int count)
      throws IOException {
    Path file = folder.resolve(name);
    if (Files.isDirectory(file)) {
      try (Stream<Path> files = Files.list(file)) {
        file = files.findAny().orElseThrow();
      }
    }
    Mutants.of(name.replace('/', ' '), part.length > 0 ? part : Files.readAllBytes(file), frame)
        .check(count, file, () -> reading.accept(folder));
  }
}
