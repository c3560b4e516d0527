package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.sampler.Sampler;

/** Several threads and processes add versions to one folder without losing or replacing any. */
class VersionFolderTest {
  private static final int EACH = 25;
  private static final int EXPORTS = 4;

  @TempDir private Path folder;

  /** Writes the file args[1], waits for the file args[2], and exports versions into args[0]. */
  public static void main(String[] args) throws Exception {
    Files.createFile(Path.of(args[1]));
    while (!Files.exists(Path.of(args[2]))) {
      Thread.sleep(1);
    }
    for (int i = 0; i < EXPORTS; i++) {
      TinyExports.write(Path.of(args[0]), TinyNetworks.all().get(0), i);
    }
  }

  @Test
  void threadsThatAddAtTheSameTimeGetDifferentVersions() throws Exception {
    int threads = 6;
    CountDownLatch together = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Set<String>>> added = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String name = "thread" + thread;
        added.add(
            pool.submit(
                () -> {
                  together.countDown();
                  together.await();
                  Set<String> numbers = new TreeSet<>();
                  for (int i = 0; i < EACH; i++) {
                    numbers.add(add(name + "-" + i));
                  }
                  return numbers;
                }));
      }
      Set<String> all = new TreeSet<>();
      for (Future<Set<String>> each : added) {
        all.addAll(each.get());
      }
      assertEquals(threads * EACH, all.size(), "different numbers");
    } finally {
      pool.shutdownNow();
    }
    assertEquals(numbers(threads * EACH), names());
    Set<String> contents = new TreeSet<>();
    for (String version : names()) {
      contents.add(Files.readString(folder.resolve(version).resolve("content")));
    }
    assertEquals(threads * EACH, contents.size(), "no version was replaced");
  }

  private String add(String content) {
    Path version =
        new VersionFolder(folder).add(to -> Files.writeString(to.resolve("content"), content));
    return version.getFileName().toString();
  }

  @Test
  @Tag("slow")
  void processesThatExportAtTheSameTimeGetDifferentVersions(@TempDir Path signs) throws Exception {
    Path go = signs.resolve("go");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  VersionFolderTest.class.getName(),
                  folder.toString(),
                  signs.resolve("ready" + i).toString(),
                  go.toString())
              .redirectErrorStream(true)
              .redirectOutput(signs.resolve("output" + i).toFile())
              .start());
    }
    while (!Files.exists(signs.resolve("ready0")) || !Files.exists(signs.resolve("ready1"))) {
      assertTrue(processes.stream().allMatch(Process::isAlive), "both processes start");
      Thread.sleep(1);
    }
    Files.createFile(go);
    for (int i = 0; i < 2; i++) {
      assertEquals(0, processes.get(i).waitFor(), Files.readString(signs.resolve("output" + i)));
    }
    assertEquals(numbers(2 * EXPORTS), names());
    for (String version : names()) {
      try (Sampler sampler = Sampler.open(folder.resolve(version))) {
        assertEquals(2, sampler.sample(2, 1, 1).count());
      }
    }
  }

  @Test
  void afterTheHighestNumberThereIsNoNextVersion() throws IOException {
    Files.createDirectory(folder.resolve("999999999999999999"));
    InputException refused = assertThrows(InputException.class, () -> add("next"));
    assertEquals(
        folder
            + ": cannot write a version: its highest version is 999999999999999999, and there is"
            + " no higher one",
        refused.getMessage());
    assertEquals(Set.of("999999999999999999"), names());
  }

  @Test
  void leftoversOfACrashAreDeletedAndUnfinishedVersionsAreKept() throws Exception {
    long gone = new ProcessBuilder("true").start().onExit().get().pid();
    String host = VersionFolder.host();
    Path leftover = unfinished(host, gone);
    Path atWork = unfinished(host, ProcessHandle.current().pid());
    Path elsewhere = unfinished(host + "-2.example", gone);
    add("new");
    assertFalse(Files.exists(leftover));
    assertTrue(Files.exists(atWork));
    assertTrue(Files.exists(elsewhere));
  }

  /** A folder takes the place of the version, so that nothing can be moved to its name. */
  @Test
  void aFailureIsOneLineAndLeavesNothing() throws IOException {
    InputException refused =
        assertThrows(
            InputException.class,
            () ->
                new VersionFolder(folder)
                    .add(
                        to -> {
                          Files.writeString(to.resolve("content"), "half");
                          throw new FileSystemException("x", null, "No space left on device");
                        }));
    assertEquals(
        folder + ": cannot write a version: No space left on device", refused.getMessage());
    assertEquals(Set.of(), names());
  }

  private Path unfinished(String host, long process) throws IOException {
    Path unfinished =
        Files.createDirectories(folder.resolve(VersionFolder.unfinishedName(host, process)));
    Files.writeString(unfinished.resolve("saved_model.pb"), "half");
    return unfinished;
  }

  private static Set<String> numbers(int last) {
    return IntStream.rangeClosed(1, last)
        .mapToObj(String::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names of everything in the folder. */
  private Set<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
