package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerBuilderTest {
  private static final int CALLS = 7;

  @ParameterizedTest
  @ValueSource(strings = {"pixelcnn", "multi-scale"})
  void aWarmModelGivesTheSameImages(String name) {
    try (Sampler cold = Sampler.open(TinyModels.folder(name));
        Sampler warm = Sampler.builder(TinyModels.folder(name)).warmUp(true).threads(1).open()) {
      assertArrayEquals(cold.sample(3, 5, 1).levels(), warm.sample(3, 5, 1).levels());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFirstImageOfAWarmModelTakesAboutAsLongAsALaterOne(boolean compiled) {
    SamplerBuilder builder = Sampler.builder(TinyModels.folder("row-lstm")).warmUp(true);
    int images = compiled ? 2 : 1;
    if (compiled) {
      builder.compileFor(images);
    }
    List<String> times = new ArrayList<>();
    boolean warm = false;
    // Another process may take the time of a first image, but not of each one.
    for (int model = 0; !warm && model < 5; model++) {
      try (Sampler sampler = builder.open()) {
        long first = nanoseconds(sampler, images, 0);
        long[] later = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
          later[i] = nanoseconds(sampler, images, i + 1);
        }
        times.add(first + " ns, then " + Arrays.toString(later));
        // A cold model takes a hundred times as long.
        warm = first < 3 * Arrays.stream(later).max().orElseThrow() + 20_000_000;
      }
    }
    assertTrue(warm, times.toString());
  }

  private static long nanoseconds(Sampler sampler, int images, int seed) {
    long start = System.nanoTime();
    sampler.sample(images, seed, 1);
    return System.nanoTime() - start;
  }

  /**
   * Threads of operations, and as many that start them. The environment gives each model its own.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aModelHasAsManyThreadsAsItIsGiven() throws IOException {
    long two = threadsOf(2);
    long nine = threadsOf(9);
    assertTrue(nine - two >= 14, two + " threads, then " + nine);
  }

  private static long threadsOf(int count) throws IOException {
    long before = threads();
    try (Sampler sampler =
        Sampler.builder(TinyModels.folder("pixelcnn")).threads(count).warmUp(true).open()) {
      assertEquals(1, sampler.sample(1, 0, 1).count());
      return threads() - before;
    }
  }

  /**
   * TensorFlow's threads have the name of the thread that began them; those of the JVM have names
   * of their own.
   */
  private static long threads() throws IOException {
    String own = Files.readString(Path.of("/proc/thread-self/comm"));
    long count = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        if (nameOf(task).equals(own)) {
          count++;
        }
      }
    }
    return count;
  }

  /** A thread may have ended since its folder was listed. */
  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm"));
    } catch (IOException ended) {
      return "";
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void aModelNeedsAThread(int count) {
    SamplerBuilder builder = Sampler.builder(TinyModels.folder("pixelcnn"));
    assertEquals(
        "threads = " + count + ", expected at least 1",
        assertThrows(IllegalArgumentException.class, () -> builder.threads(count)).getMessage());
  }

  @Test
  void aFolderWithoutAModelIsRefusedWhenItIsOpened(@TempDir Path empty) {
    SamplerBuilder builder = Sampler.builder(empty).warmUp(true);
    assertThrows(NotAModelException.class, builder::open);
  }
}
