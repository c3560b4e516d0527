package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageFile;

/**
 * A run that is killed again and again, by KILL, INT and TERM at random moments, ends with the very
 * weights of a run that nobody disturbs.
 *
 * <p>The slow test kills twice. The soak test kills twenty times, which takes some minutes:
 *
 * <pre>
 * mvn -pl src/cli -am test -Dtest=KilledRunTest -Dtest.groups=soak -Dtest.excludedGroups= \
 *     -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@EnabledOnOs(OS.LINUX)
class KilledRunTest {
  private static final List<String> SIGNALS = List.of("KILL", "INT", "TERM");

  @TempDir private Path folder;

  /** 40 pictures, of which 32 are trained on: an epoch has 4 steps. */
  @BeforeEach
  void makePictures() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      int edge = random.nextInt(8);
      for (int pixel = 0; pixel < 64; pixel++) {
        picture.setRGB(pixel % 8, pixel / 8, pixel % 8 + pixel / 16 > edge ? 0xFFFFFF : 0x101010);
      }
      ImageFile.write(picture, folder.resolve("pictures/" + i + ".png"));
    }
  }

  @Test
  @Tag("slow")
  void twoKills() throws Exception {
    kill(2, 60);
  }

  @Test
  @Tag("soak")
  void twentyKills() throws Exception {
    kill(20, 600);
  }

  private void kill(int kills, int epochs) throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("config.textproto"),
            "model { pixel_cnn {} height: 8 width: 8 h: 4 layers: 1 head_width: 4 }"
                + " data { validation_share: 0.2 }"
                + " training { adam {} batch_size: 8 epochs: "
                + epochs
                + " checkpoint_every_steps: 3 keep_checkpoints: 2 }");
    String begin =
        "train --config "
            + config
            + " --data folder:"
            + folder.resolve("pictures")
            + " --threads 1";
    assertEquals(0, start("whole", begin).waitFor(), printed("whole"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> story = new ArrayList<>(List.of("seed " + seed));
    int struck = 0;
    for (int kill = 0; kill < kills; kill++) {
      Process process = start("killed", isBegun() ? "train --resume --threads 1" : begin);
      String signal = SIGNALS.get(random.nextInt(SIGNALS.size()));
      // Mostly while it takes steps, now and then while it starts.
      long before = lastStep();
      if (random.nextInt(5) > 0) {
        // At most half of the steps that are left: enough are left for the next kills.
        long target = before + 1 + random.nextInt((int) Math.max(1, (4L * epochs - before) / 2));
        while (process.isAlive() && lastStep() < target) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
      } else {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
      }
      struck += process.isAlive() ? 1 : 0;
      new ProcessBuilder("kill", "-s", signal, "" + process.pid()).start().waitFor();
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), story + ": hangs after " + signal);
      story.add(signal + " " + process.exitValue() + " at step " + lastStep());
    }
    assertEquals(
        0,
        start("killed", isBegun() ? "train --resume --threads 1" : begin).waitFor(),
        story + ": " + printed("killed"));
    assertTrue(struck > kills / 2, "too few kills while it ran: " + story);
    assertEquals(4L * epochs, lastStep(), story.toString());
    String last = String.format(Locale.ROOT, "step-%08d", 4 * epochs);
    for (String file : List.of("index", "data-00000-of-00001")) {
      Path name = Path.of("checkpoints", last, "variables." + file);
      assertEquals(
          -1,
          Files.mismatch(
              folder.resolve("whole").resolve(name), folder.resolve("killed").resolve(name)),
          file + " differs after " + story);
    }
  }

  private boolean isBegun() {
    return Files.exists(folder.resolve("killed/run.textproto"));
  }

  /** The step of the last checkpoint, or 0 without a checkpoint. */
  private long lastStep() throws IOException {
    Path checkpoints = folder.resolve("killed/checkpoints");
    if (!Files.exists(checkpoints)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(checkpoints)) {
      Optional<String> last =
          all.map(checkpoint -> checkpoint.getFileName().toString())
              .filter(name -> name.matches("step-[0-9]+"))
              .max(String::compareTo);
      return last.map(name -> Long.parseLong(name.substring(5))).orElse(0L);
    }
  }

  private Process start(String run, String command) throws IOException {
    List<String> words = new ArrayList<>();
    // A process that began with a signal ignored, as under nohup, ignores it for ever.
    words.addAll(List.of("env", "--default-signal=INT,TERM"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), PixelRnn.class.getName()));
    words.addAll(List.of(command.split(" ")));
    words.addAll(List.of("--run-dir", folder.resolve(run).toString()));
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve(run + ".printed").toFile())
        .start();
  }

  private String printed(String run) throws IOException {
    return Files.readString(folder.resolve(run + ".printed"));
  }
}
