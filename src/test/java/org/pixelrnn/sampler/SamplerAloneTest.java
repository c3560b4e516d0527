package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;

/** The sampler needs an exported model, and nothing of what has trained and exported it. */
class SamplerAloneTest {
  @TempDir private Path folder;

  /** A user's program, run with the rooms image, proto and sampler alone. */
  public static void main(String[] args) {
    for (String room : new String[] {"model.Network", "train.Trainer", "export.SavedModelExport"}) {
      assertMissing("org.pixelrnn." + room);
    }
    try (Sampler sampler = Sampler.open(Path.of(args[0]))) {
      Images images = sampler.sample(2, 1, 1, (row, levels) -> {});
      sampler.logProb(images);
      boolean[] known = new boolean[sampler.shape().pixels()];
      System.out.print(Arrays.hashCode(sampler.complete(images, known, 1, 1).levels()));
    }
  }

  private static void assertMissing(String name) {
    try {
      Class.forName(name);
    } catch (ClassNotFoundException e) {
      return;
    }
    throw new IllegalStateException(name + " is there");
  }

  @Test
  void itRunsWithoutModelTrainAndExport() throws Exception {
    assertThrows(IllegalStateException.class, () -> assertMissing("org.pixelrnn.model.Network"));
    Path model = TinyExports.write(folder.resolve("tiny"), TinyNetworks.all().get(1), 3);
    Path rooms = folder.resolve("rooms");
    copyRoom(Sampler.class, rooms);
    copyRoom(Images.class, rooms);
    copyRoom(org.pixelrnn.proto.v1.Provenance.class, rooms);
    copyRoom(SamplerAloneTest.class, rooms);
    String libraries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .collect(Collectors.joining(File.pathSeparator));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                rooms + File.pathSeparator + libraries,
                SamplerAloneTest.class.getName(),
                model.toString())
            .redirectError(folder.resolve("errors").toFile())
            .redirectOutput(said.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(folder.resolve("errors")));
    try (Sampler sampler = Sampler.open(model)) {
      assertEquals(
          Integer.toString(Arrays.hashCode(sampler.sample(2, 1, 1).levels())),
          Files.readString(said));
    }
  }

  /** Copies the folder of classes that one class lies in. */
  private static void copyRoom(Class<?> one, Path to) throws Exception {
    Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path room = Path.of(one.getPackageName().replace('.', '/'));
    Files.createDirectories(to.resolve(room));
    try (var files = Files.list(classes.resolve(room))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(room).resolve(file.getFileName()));
      }
    }
  }
}
