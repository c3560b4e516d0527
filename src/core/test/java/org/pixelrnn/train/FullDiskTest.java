package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.train.workers.SingleWorker;

/**
 * A disk that is full at any file operation of a checkpoint or an export. Afterwards the run goes
 * on from its last or its last but one checkpoint, with the very same weights, and the export is
 * not there or is whole.
 *
 * <p>Some operations fail in the slow tests. Every one fails in turn in the soak tests, which take
 * some minutes:
 *
 * <pre>
 * mvn -pl src/core -am test -Dtest=FullDiskTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@EnabledOnOs(OS.LINUX)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FullDiskTest {
  private static final SmallRun RUN =
      SmallRun.pixelCnn().with(training -> training.setSteps(18).setCheckpointEverySteps(3));

  private Path folder;

  /** Every operation that has failed, with the path of its file. */
  private final List<String> everFailed = new ArrayList<>();

  private Process process;
  private PrintWriter commands;
  private BufferedReader answers;
  private long ours;

  /**
   * Trains and exports as its input says, a line {@code train RUN UNTIL} or {@code export RUN
   * MODEL}. Writes nothing to its output meanwhile, because that could fail, too: it makes the file
   * {@code RUN.done}. Before it begins, it makes the file {@code RUN.ready} and waits until that is
   * deleted: all threads of TensorFlow are there by then. The line {@code why} asks for the failure
   * of the last line. The first line of its output is the number of the only thread of ours that
   * writes files; TensorFlow's threads are among the others.
   */
  public static void main(String[] args) throws IOException {
    System.out.println(Path.of("/proc/thread-self").toRealPath().getFileName());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String why = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("why")) {
          System.out.println(why.replaceAll("\\s+", " "));
          continue;
        }
        List<String> words = Splitter.on(' ').splitToList(line);
        Path run = Path.of(words.get(1));
        try {
          why = "";
          if (words.get(0).equals("train")) {
            train(run, Long.parseLong(words.get(2)));
          } else {
            begin(run);
            export(run, Path.of(words.get(2)));
          }
        } catch (RuntimeException e) {
          why = e.toString();
        }
        Files.createFile(done(run));
      }
    }
  }

  /** Trains in this thread. {@link Training#run} makes a thread of its own. */
  private static void train(Path folder, long until) throws IOException {
    TrainingBuilder builder = RUN.builder(folder, until);
    try (PreparedRun run = PreparedRun.of(builder, SingleWorker.ALONE);
        Trainer trainer =
            new Trainer(new Training(builder, SingleWorker.ALONE, run), run.stages().get(0))) {
      begin(folder);
      trainer.run();
    }
  }

  private static void export(Path run, Path model) {
    try (TrainedModel trained = TrainedModel.open(RunDirectory.open(run))) {
      trained.export(model);
    }
  }

  private static void begin(Path run) throws IOException {
    Files.createFile(ready(run));
    while (Files.exists(ready(run))) {
      Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(2));
    }
  }

  private static Path ready(Path run) {
    return run.resolveSibling(run.getFileName() + ".ready");
  }

  private static Path done(Path run) {
    return run.resolveSibling(run.getFileName() + ".done");
  }

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    folder = shared;
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FullDiskTest.class.getName())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    ours = Long.parseLong(answers.readLine());
    RUN.train(folder.resolve("begun"), 6);
    RUN.train(folder.resolve("whole"), 18);
    // From now on all classes are loaded.
    Path first = copy("begun", "first");
    tell("train " + first + " 9", first);
    tell("export " + first + " " + folder.resolve("first-model"), first);
  }

  @AfterAll
  void end() {
    process.destroyForcibly();
  }

  /** The threads whose operations fail. */
  enum Whose {
    OURS,
    TENSORFLOW
  }

  @ParameterizedTest
  @CsvSource({
    "OURS, write, 4",
    "OURS, rename, 2",
    "OURS, fsync, 9",
    "TENSORFLOW, write, 1",
    "TENSORFLOW, rename, 2",
    "OURS, all, 3+",
    "TENSORFLOW, all, 1+"
  })
  @Tag("slow")
  void someOperationsOfACheckpointFail(Whose whose, String kind, String when) throws Exception {
    assertTrue(aCheckpointFails(whose, new Strace.Fault(kind, when)));
  }

  @ParameterizedTest
  @CsvSource({
    "OURS, write, 9",
    "OURS, rename, 1",
    "OURS, fsync, 2+",
    "TENSORFLOW, write, 1",
    "TENSORFLOW, rename, 1"
  })
  @Tag("slow")
  void someOperationsOfAnExportFail(Whose whose, String kind, String when) throws Exception {
    assertTrue(anExportFails(whose, new Strace.Fault(kind, when)));
  }

  private interface Failing {
    /** True if any operation has failed. */
    boolean with(Whose whose, Strace.Fault fault) throws Exception;
  }

  private static void everyOperationFailsInTurn(Failing failing, Whose whose) throws Exception {
    for (String kind : Strace.OPERATIONS) {
      int operation = 1;
      while (failing.with(whose, new Strace.Fault(kind, "" + operation))) {
        operation++;
      }
    }
    int operation = 1;
    while (failing.with(whose, new Strace.Fault("all", operation + "+"))) {
      operation++;
    }
  }

  @Test
  @Tag("soak")
  void everyOperationOfACheckpointFailsInTurn() throws Exception {
    everyOperationFailsInTurn(this::aCheckpointFails, Whose.OURS);
    assertFailed("write", "/events/");
    assertFailed("fsync", "variables.index");
    assertFailed("rename", "manifest.textproto");
    assertFailed("rename", "step-00000009\"");
    assertFailed("fsync", "/checkpoints>");
  }

  @Test
  @Tag("soak")
  void everyOperationOfACheckpointByTensorFlowFailsInTurn() throws Exception {
    everyOperationFailsInTurn(this::aCheckpointFails, Whose.TENSORFLOW);
    assertTensorFlowFailed();
  }

  @Test
  @Tag("soak")
  void everyOperationOfAnExportFailsInTurn() throws Exception {
    everyOperationFailsInTurn(this::anExportFails, Whose.OURS);
    assertFailed("write", "saved_model.pb");
    assertFailed("write", "pixelrnn.textproto");
    assertFailed("fsync", "variables.index");
    assertFailed("rename", "/model/1\"");
    assertFailed("fsync", "/model>");
  }

  @Test
  @Tag("soak")
  void everyOperationOfAnExportByTensorFlowFailsInTurn() throws Exception {
    everyOperationFailsInTurn(this::anExportFails, Whose.TENSORFLOW);
    assertTensorFlowFailed();
  }

  private void assertTensorFlowFailed() {
    assertFailed("write", "variables.data");
    assertFailed("write", "variables.index");
    assertFailed("rename", "variables.data");
    assertFailed("rename", "variables.index");
  }

  /** If this fails, the tests above say nothing. */
  @Test
  @Tag("slow")
  void withoutAFaultTheOtherProcessDoesTheSame() throws Exception {
    Path run = copy("begun", "run");
    assertEquals("", tell("train " + run + " 18", run, null, null));
    assertSameWeights(run);
  }

  /**
   * Trains from step 6 to step 9 while some operations fail, then goes on without faults.
   *
   * @return true if any operation failed
   */
  private boolean aCheckpointFails(Whose whose, Strace.Fault fault) throws Exception {
    Path run = copy("begun", "run");
    Path log = folder.resolve("log");
    String why = tell("train " + run + " 9", run, whose, fault);
    List<String> failed = failed(log);
    long resumed =
        RunDirectory.open(run).checkpoints().toResume().map(WholeCheckpoint::step).orElse(0L);
    assertTrue(resumed == 6 || resumed == 9, "resumes from " + resumed + " after " + failed);
    assertTrue(!why.isEmpty() || resumed == 9, "no word of " + failed);
    assertTrue(
        why.isEmpty() || why.contains("IOException: ") || why.contains("InputException: "),
        why + " after " + failed);
    assertEquals(18, RUN.train(run, 18).steps(), "after " + failed);
    assertSameWeights(run);
    assertNoneIsUnfinished(run.resolve("checkpoints"));
    return !failed.isEmpty();
  }

  private boolean anExportFails(Whose whose, Strace.Fault fault) throws Exception {
    Path run = copy("whole", "run");
    Path model = folder.resolve("model");
    if (Files.exists(model)) {
      MoreFiles.deleteRecursively(model, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    String why = tell("export " + run + " " + model, run, whose, fault);
    List<String> failed = failed(folder.resolve("log"));
    List<Path> versions = versions(model);
    assertTrue(!why.isEmpty() || versions.size() == 1, "no word of " + failed);
    assertTrue(why.isEmpty() || why.contains("InputException: "), why + " after " + failed);
    export(run, model);
    assertEquals(versions.size() + 1, versions(model).size());
    assertNoneIsUnfinished(model);
    Images expected = null;
    for (Path version : versions(model)) {
      try (Sampler sampler = Sampler.open(version)) {
        Images images = sampler.sample(3, 1, 1);
        assertTrue(expected == null || expected.equals(images), "after " + failed);
        expected = images;
      }
    }
    assertNotNull(expected);
    return !failed.isEmpty();
  }

  /** Has a command done, and returns why it failed; empty if it did not. */
  private String tell(String command, Path run, Whose whose, Strace.Fault fault) throws Exception {
    if (fault == null) {
      tell(command, run);
    } else if (whose == Whose.OURS) {
      try (Strace strace = Strace.attach(List.of(ours), fault, folder.resolve("log"))) {
        assertNotNull(strace);
        tell(command, run);
      }
    } else {
      prepare(command, run);
      try (Strace strace = Strace.attach(otherThreads(), fault, folder.resolve("log"))) {
        assertNotNull(strace);
        finish(run);
      }
    }
    commands.println("why");
    return answers.readLine();
  }

  private List<Long> otherThreads() throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      return threads
          .map(thread -> Long.parseLong(thread.getFileName().toString()))
          .filter(thread -> thread != ours)
          .toList();
    }
  }

  private void tell(String command, Path run) throws Exception {
    prepare(command, run);
    finish(run);
  }

  /** Waits until the other process is about to begin, or has failed before. */
  private void prepare(String command, Path run) throws Exception {
    Files.deleteIfExists(done(run));
    commands.println(command);
    while (!Files.exists(ready(run)) && !Files.exists(done(run))) {
      waitForTheOther();
    }
  }

  private void finish(Path run) throws Exception {
    Files.deleteIfExists(ready(run));
    while (!Files.exists(done(run))) {
      waitForTheOther();
    }
  }

  private void waitForTheOther() throws Exception {
    assertTrue(process.isAlive(), Files.readString(folder.resolve("errors")));
    Thread.sleep(5);
  }

  private List<String> failed(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> failed = lines.filter(line -> line.contains("(INJECTED)")).toList();
      everFailed.addAll(failed);
      return failed;
    }
  }

  private void assertFailed(String operation, String path) {
    assertTrue(
        everFailed.stream().anyMatch(line -> line.contains(operation) && line.contains(path)),
        operation + " " + path + " is not among " + everFailed);
  }

  private void assertSameWeights(Path run) throws IOException {
    for (String file : List.of("index", "data-00000-of-00001")) {
      Path name = Path.of("checkpoints", WholeCheckpoint.name(18), "variables." + file);
      assertEquals(-1, Files.mismatch(folder.resolve("whole").resolve(name), run.resolve(name)));
    }
  }

  private static void assertNoneIsUnfinished(Path of) throws IOException {
    try (Stream<Path> entries = Files.list(of)) {
      assertEquals(List.of(), entries.filter(entry -> entry.toString().endsWith(".tmp")).toList());
    }
  }

  private static List<Path> versions(Path model) throws IOException {
    if (!Files.exists(model)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(model)) {
      return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+")).toList();
    }
  }

  /** A fresh copy of a run. */
  private Path copy(String of, String name) throws IOException {
    Path from = folder.resolve(of);
    Path to = folder.resolve(name);
    if (Files.exists(to)) {
      MoreFiles.deleteRecursively(to, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        MoreFiles.createParentDirectories(target);
        Files.copy(file, target);
      }
    }
    return to;
  }
}
