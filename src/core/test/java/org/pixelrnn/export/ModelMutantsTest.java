package org.pixelrnn.export;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.Mutants;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * Damaged files of an exported model: it works, or it is refused by name, when it is opened or when
 * it is used.
 *
 * <p>Thousands of mutants of each file, about five minutes:
 *
 * <pre>
 *   mvn test -pl src/core -am -Dtest=ModelMutantsTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *       -Dtest.processes=1 -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class ModelMutantsTest {
  private static final int SOME = 300;
  private static final int MANY = 3_000;

  @TempDir private Path folder;

  @BeforeEach
  void anExport() throws IOException {
    Path origin = Path.of("src/core/test/resources/org/pixelrnn/train/f532794/pixel_cnn/export/1");
    try (Stream<Path> files = Files.walk(origin)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      for (Path file : all) {
        Path copy = folder.resolve(origin.relativize(file).toString());
        MoreFiles.createParentDirectories(copy);
        Files.copy(file, copy);
      }
    }
  }

  static Stream<String> files() {
    return Stream.of(
        "saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001");
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("files")
  void some(String name) throws IOException {
    check(name, SOME);
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("files")
  void many(String name) throws IOException {
    check(name, MANY);
  }

  private void check(String name, int count) throws IOException {
    Path file = folder.resolve(name);
    Mutants.of("model " + file.getFileName(), Files.readAllBytes(file))
        .check(count, file, folder, this::use);
  }

  /** Opens the model and calls all its signatures. */
  private void use() {
    try (Sampler sampler = Sampler.open(folder)) {
      Images images = sampler.sample(2, 1, 1);
      sampler.sample(SampleRequest.completing(images, new boolean[sampler.shape().pixels()], 1));
      sampler.sample(2, 1, 1, (row, levels) -> {});
      sampler.logProb(images);
      sampler.logProbByChannel(images);
      sampler.logits(images);
      sampler.signatures();
      sampler.parameters();
    }
  }
}
