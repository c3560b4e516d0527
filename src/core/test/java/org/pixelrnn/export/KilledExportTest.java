package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.sampler.Sampler;

/** When an exporting process is killed, every version in the folder is whole. */
class KilledExportTest {
  @TempDir private Path folder;

  /** Exports again and again until it is killed. */
  public static void main(String[] args) {
    while (true) {
      TinyExports.write(Path.of(args[0]), TinyNetworks.all().get(0), 1);
    }
  }

  @Test
  @Tag("slow")
  void everyVersionIsWhole() throws Exception {
    for (int kill = 0; kill < 3; kill++) {
      long before = versions().size();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  KilledExportTest.class.getName(),
                  folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (versions().size() == before && process.isAlive() && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      Thread.sleep(11L * kill);
      process.destroyForcibly().waitFor();
    }
    List<Path> versions = versions();
    assertTrue(versions.size() >= 3, Files.readString(folder.resolve("output")));
    for (Path version : versions) {
      try (Sampler sampler = Sampler.open(version)) {
        assertEquals(2, sampler.sample(2, 1, 1).count());
      }
    }
    TinyExports.write(folder, TinyNetworks.all().get(0), 1);
    try (Stream<Path> entries = Files.list(folder)) {
      assertEquals(
          0, entries.filter(entry -> entry.getFileName().toString().endsWith(".tmp")).count());
    }
  }

  private List<Path> versions() throws Exception {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+")).toList();
    }
  }
}
