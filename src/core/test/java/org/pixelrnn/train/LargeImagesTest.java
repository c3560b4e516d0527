package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * Large images in colour go all the way: training, validation, checkpoint, export, likelihood,
 * sampling, completion. Each case has a process of its own, whose peak memory it prints.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class LargeImagesTest {
  /** Sampling a whole image takes long; its first rows show that it works. */
  private static final int ROWS = 3;

  private static final int STEPS = 3;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"pixel_cnn, 128, 2", "pixel_cnn, 256, 1", "row_lstm, 128, 2", "row_lstm, 256, 1"})
  void theyGoAllTheWayInTheMemoryOfAStep(String architecture, int side, int batch)
      throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The memory of Java itself, and TensorFlow's threads, do not depend on the
                // machine.
                "-Xms384m",
                "-Xmx1500m",
                "-XX:ActiveProcessorCount=2",
                "-XX:+UseSerialGC",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                LargeImagesTest.class.getName(),
                architecture,
                "" + side,
                "" + batch,
                folder.toString())
            .redirectOutput(output.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> read(folder.resolve("errors")));
    Map<String, Double> peaks = new TreeMap<>();
    for (String line : Files.readAllLines(output)) {
      System.out.println(architecture + " " + side + "×" + side + "×3: " + line);
      int colon = line.indexOf(": ");
      peaks.put(
          line.substring(0, colon),
          Double.parseDouble(line.substring(colon + 2, line.indexOf(" MB"))));
    }
    double steps = peaks.get("steps");
    assertTrue(peaks.get("validation") < 1.3 * steps, "a validation needs no more than a step");
    assertEquals(1, peaks.get("estimate") / steps, 0.3, "the estimate is right within 30 %");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** One case, in a process of its own. */
  public static void main(String[] args) throws IOException {
    int side = Integer.parseInt(args[1]);
    RunConfig config =
        ConfigFile.parse(
            String.format(
                Locale.ROOT,
                "model { height: %d width: %d channels: 3 levels: 256 %s {} h: 12 layers: 2"
                    + " head_width: 24 } training { adam {} batch_size: %s steps: %d"
                    + " sample_images: 0 }",
                side,
                side,
                args[0],
                args[2],
                STEPS),
            "large images");
    ImageShape shape = ImageShape.of(config.getModel());
    Clock clock = new Clock();
    long estimate = StepMemory.of(config, Stage.WHOLE).bytes(config.getTraining().getBatchSize());
    System.out.printf(Locale.ROOT, "estimate: %.0f MB%n", estimate / 1e6);
    Path model = Path.of(args[3]).resolve("model");
    Images images = noise(shape, 8);
    try (Training training =
        Training.builder(config)
            .data(ImageDataset.of("noise", images, images, images.slice(0, 1)))
            .runDirectory(Path.of(args[3]).resolve("run"))
            .listener(clock)
            .build()) {
      training.run().export(model);
    }
    clock.lap("export");
    try (Sampler sampler = Sampler.open(model)) {
      float[] logProb = sampler.logProb(images);
      check(logProb.length == 8 && logProb[0] < 0, "log-likelihoods");
      clock.lap("likelihood of 8 images");
      byte[] first = rows(sampler, SampleRequest.of(1, 1));
      check(first.length == ROWS * side * 3, "rows");
      clock.lap("the first rows of a sample");
      boolean[] known = new boolean[shape.pixels()];
      Arrays.fill(known, 0, side, true);
      byte[] completed = rows(sampler, SampleRequest.completing(images.slice(0, 1), known, 1));
      for (int i = 0; i < side * 3; i++) {
        check(completed[i] == images.levels()[i], "known pixels stay");
      }
      clock.lap("the first rows of a completion");
    }
  }

  /** The levels of the first rows, row by row. */
  private static byte[] rows(Sampler sampler, SampleRequest request) {
    List<byte[]> rows = new ArrayList<>();
    try (RowStream stream = sampler.rows(request)) {
      while (rows.size() < ROWS && stream.next()) {
        rows.add(stream.levels());
      }
    }
    return Bytes.concat(rows.toArray(new byte[0][]));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static Images noise(ImageShape shape, int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    new Random(1).nextBytes(levels);
    return Images.of(shape, levels);
  }

  /** Prints the peak memory of the process so far, and the time since the last line. */
  private static final class Clock implements TrainingListener {
    private long last = System.nanoTime();

    private void lap(String what) {
      long now = System.nanoTime();
      System.out.printf(
          Locale.ROOT, "%s: %.0f MB, %.1f s%n", what, peak() / 1e6, (now - last) / 1e9);
      last = now;
    }

    @Override
    public void stepTaken(TrainingEvent.StepTaken event) {
      if (event.step() == STEPS) {
        lap("steps");
      }
    }

    @Override
    public void validated(TrainingEvent.Validated event) {
      lap("validation");
    }

    private static long peak() {
      return read(Path.of("/proc/self/status"))
          .lines()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow();
    }
  }
}
