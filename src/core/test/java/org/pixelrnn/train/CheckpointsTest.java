package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

/**
 * Only whole checkpoints are read. Everything else in their folder is skipped, and one warning
 * names it.
 */
class CheckpointsTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();
  private static final String LAST = "step-00000012";
  private static final String MANIFEST = LAST + "/manifest.textproto";
  private static final String DATA = LAST + "/variables.data-00000-of-00001";

  /** A run of 12 steps, with checkpoints of steps 6 and 12. */
  @TempDir private static Path kept;

  @TempDir private Path folder;

  /** Damages the checkpoint of step 12, or adds something beside it. */
  private interface Damage {
    void to(Path checkpoints) throws IOException;
  }

  static Stream<Named<Damage>> damages() {
    return Stream.of(
        damage("an empty manifest", all -> Files.write(all.resolve(MANIFEST), new byte[0])),
        damage("a step alone", all -> Files.writeString(all.resolve(MANIFEST), "step: 12")),
        damage("no UTF-8", all -> Files.write(all.resolve(MANIFEST), new byte[] {(byte) 0xE9})),
        damage("no text", all -> Files.writeString(all.resolve(MANIFEST), "step: twelve")),
        damage("unknown fields", all -> Files.writeString(all.resolve(MANIFEST), "steps: 12")),
        damage("half a manifest", all -> cut(all.resolve(MANIFEST))),
        damage("another step", all -> replace(all.resolve(MANIFEST), "step: 12", "step: 13")),
        damage("no step", all -> replace(all.resolve(MANIFEST), "step: 12", "")),
        damage(
            "a validation without a likelihood",
            all -> replace(all.resolve(MANIFEST), "(?m)nats_per_image: .*$", "")),
        damage("no digest of the index", all -> replace(all.resolve(MANIFEST), "index", "indes")),
        damage(
            "a digest of another folder's file",
            all ->
                replace(
                    all.resolve(MANIFEST), "variables.data", "../step-00000006/variables.data")),
        damage("no manifest", all -> Files.delete(all.resolve(MANIFEST))),
        damage(
            "a folder for a manifest",
            all -> {
              Files.delete(all.resolve(MANIFEST));
              Files.createDirectory(all.resolve(MANIFEST));
            }),
        damage(
            "a pipe for a manifest",
            all -> {
              Files.delete(all.resolve(MANIFEST));
              pipe(all.resolve(MANIFEST));
            }),
        damage("no data", all -> Files.delete(all.resolve(DATA))),
        damage("half the data", all -> cut(all.resolve(DATA))),
        damage(
            "a folder for data",
            all -> {
              Files.delete(all.resolve(DATA));
              Files.createDirectory(all.resolve(DATA));
            }),
        damage(
            "a file for the folder",
            all -> {
              MoreFiles.deleteRecursively(all.resolve(LAST));
              Files.writeString(all.resolve(LAST), "");
            }));
  }

  private static Named<Damage> damage(String name, Damage damage) {
    return Named.of(name, damage);
  }

  /** Makes a pipe. Nobody writes into it, so whoever reads it waits for ever. */
  private static void pipe(Path file) throws IOException {
    try {
      assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void cut(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private static void replace(Path file, String pattern, String by) throws IOException {
    String before = Files.readString(file);
    String after = before.replaceFirst(pattern, by);
    assertFalse(before.equals(after), pattern);
    Files.writeString(file, after);
  }

  @BeforeAll
  static void train() {
    RUN.train(kept, 12);
  }

  @BeforeEach
  void copy() throws IOException {
    copy(kept, folder);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        MoreFiles.createParentDirectories(target);
        Files.copy(file, target);
      }
    }
  }

  /** A variable is missing, or has another shape. TensorFlow throws two kinds of exceptions. */
  @ParameterizedTest
  @CsvSource({"1, 6", "2, 8"})
  void aCheckpointOfAnotherNetworkIsRefusedAndNothingIsWritten(
      int layers, int headWidth, @TempDir Path other) throws IOException {
    RunConfig.Builder network = RUN.config().toBuilder();
    network.getModelBuilder().setLayers(layers).setHeadWidth(headWidth);
    new SmallRun(network.build(), 1).train(other, 12);
    MoreFiles.deleteRecursively(checkpoints());
    copy(other.resolve("checkpoints"), checkpoints());
    byte[] description = Files.readAllBytes(folder.resolve("run.textproto"));
    SmallRun changed = RUN.with(training -> training.setSteps(18));
    InputException refused = assertThrows(InputException.class, () -> changed.train(folder, 18));
    assertTrue(
        refused
            .getMessage()
            .startsWith(
                checkpoints().resolve(LAST) + ": its variables cannot be read as this run's: "),
        refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
    assertArrayEquals(description, Files.readAllBytes(folder.resolve("run.textproto")));
    refused =
        assertThrows(InputException.class, () -> TrainedModel.open(RunDirectory.open(folder)));
    assertTrue(refused.getMessage().startsWith(checkpoints().toString()), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
  }

  @Test
  void aFileForTheFolderOfCheckpointsIsRefused() throws IOException {
    MoreFiles.deleteRecursively(checkpoints());
    Files.writeString(checkpoints(), "");
    InputException refused = assertThrows(InputException.class, () -> RUN.train(folder, 12));
    assertTrue(refused.getMessage().endsWith(" is not a folder"), refused.getMessage());
  }

  @ParameterizedTest
  @MethodSource("damages")
  void whatIsNotWholeIsPassedOverWithOneWarning(Damage damage) throws IOException {
    damage.to(checkpoints());
    Warnings warnings = new Warnings();
    Checkpoints checkpoints = new Checkpoints(checkpoints(), 2, warnings);
    for (int i = 0; i < 3; i++) {
      assertEquals(List.of(6L), steps(checkpoints));
      assertEquals(6, checkpoints.toResume().orElseThrow().step());
      assertEquals(6, checkpoints.best().orElseThrow().step());
    }
    assertEquals(1, warnings.lines().size(), warnings.lines().toString());
    String start = checkpoints().resolve(LAST) + " is not a whole checkpoint and is passed over: ";
    String warning = warnings.lines().get(0);
    assertTrue(warning.startsWith(start) && warning.length() > start.length() + 5, warning);
    assertEquals(1, warning.lines().count(), warning);
  }

  @ParameterizedTest
  @MethodSource("damages")
  void theRunGoesOnAsIfItHadNotBeenInterrupted(Damage damage) throws IOException {
    damage.to(checkpoints());
    TrainingResult resumed = RUN.train(folder, 12);
    assertEquals(12, resumed.steps());
    assertEquals(List.of(6L, 12L), steps(new Checkpoints(checkpoints(), 2)));
    for (String file : List.of("index", "data-00000-of-00001")) {
      Path name = Path.of("checkpoints", LAST, "variables." + file);
      assertEquals(-1, Files.mismatch(kept.resolve(name), folder.resolve(name)), file);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "notes.txt",
        "step-00000012 (copy)",
        "step-12",
        "step-00000099",
        "step-00000007.tmp.bak",
        "Ä"
      })
  void aStrangerIsNamedAndKept(String name) throws IOException {
    Path stranger = Files.writeString(checkpoints().resolve(name), "mine");
    Warnings warnings = new Warnings();
    Checkpoints checkpoints = new Checkpoints(checkpoints(), 2, warnings);
    checkpoints.all();
    assertEquals(12, checkpoints.last().orElseThrow().step());
    assertEquals(1, warnings.lines().size(), warnings.lines().toString());
    assertTrue(warnings.lines().get(0).startsWith(stranger + " "), warnings.lines().get(0));
    goOn();
    assertEquals("mine", Files.readString(stranger));
  }

  @ParameterizedTest
  @ValueSource(strings = {".DS_Store", "._step-00000012", "Thumbs.db", "desktop.ini", ".nfs0001"})
  void filesOfADesktopAreSkippedWithoutAWord(String name) throws IOException {
    Files.writeString(checkpoints().resolve(name), "");
    Files.writeString(checkpoints().resolve(LAST).resolve(name), "");
    Warnings warnings = new Warnings();
    Checkpoints checkpoints = new Checkpoints(checkpoints(), 2, warnings);
    assertEquals(List.of(6L, 12L), steps(checkpoints));
    assertEquals(List.of(), warnings.lines());
    goOn();
    assertTrue(Files.exists(checkpoints().resolve(name)));
  }

  /** Resumes, saves and exports. */
  private void goOn() {
    SmallRun longer = RUN.with(training -> training.setSteps(18));
    TrainingResult resumed = longer.train(folder, 18);
    assertEquals(18, resumed.steps());
    assertTrue(Files.exists(resumed.export(folder.resolve("model"))));
  }

  @Test
  void whenNoneIsWholeTheRunDoesNotBeginAnew() throws IOException {
    Path first = checkpoints().resolve("step-00000006");
    Files.write(first.resolve("manifest.textproto"), new byte[0]);
    Files.write(checkpoints().resolve(MANIFEST), new byte[0]);
    InputException refused = assertThrows(InputException.class, () -> RUN.train(folder, 12));
    assertEquals(
        first
            + ": is damaged, and there is no whole checkpoint; expected a whole one, or an empty folder"
            + " to begin anew",
        refused.getMessage());
    assertTrue(Files.exists(checkpoints().resolve(DATA)), "what was saved is kept");
    assertThrows(InputException.class, () -> TrainedModel.open(RunDirectory.open(folder)));
  }

  /** A kill leaves half-written and half-deleted checkpoints under temporary names. */
  @Test
  void leftoversAreDeletedWithoutAWord() throws IOException {
    Path leftover = Files.createDirectory(checkpoints().resolve("step-00000003.tmp"));
    Files.copy(checkpoints().resolve(MANIFEST), leftover.resolve("manifest.textproto"));
    Warnings warnings = new Warnings();
    assertEquals(List.of(6L, 12L), steps(new Checkpoints(checkpoints(), 2, warnings)));
    assertEquals(List.of(), warnings.lines());
    goOn();
    assertFalse(Files.exists(leftover));
  }

  @Test
  void aDescriptionOfTheRunThatIsNotWholeIsRefused() throws IOException {
    Path description = folder.resolve("run.textproto");
    for (byte[] content :
        List.of(
            new byte[0],
            "data: \"strokes\"".getBytes(StandardCharsets.UTF_8),
            new byte[] {(byte) 0xE9},
            Files.readString(description)
                .replace("layers: 2", "layers: -2")
                .getBytes(StandardCharsets.UTF_8))) {
      Files.write(description, content);
      for (InputException refused :
          List.of(
              assertThrows(InputException.class, () -> RUN.train(folder, 12)),
              assertThrows(InputException.class, () -> RunDirectory.open(folder)))) {
        assertTrue(refused.getMessage().startsWith(description + ": "), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
      }
    }
  }

  private Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  private static List<Long> steps(Checkpoints checkpoints) throws IOException {
    return checkpoints.all().stream().map(WholeCheckpoint::step).toList();
  }
}
