package org.pixelrnn.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

/**
 * Exported models answer a Python program as they answer Java. {@code tools/interop/run} installs
 * TensorFlow for Python, names the interpreter in {@code PIXELRNN_PYTHON}, and runs this test. One
 * process checks all models, because importing TensorFlow takes longer than to check one.
 */
@Tag("interop")
class InteropTest {
  private static final int COUNT = 20;
  private static final long SEED = 7;

  @TempDir Path folder;

  @Test
  void pythonGetsTheSame() throws IOException, InterruptedException {
    List<Named<ModelConfig>> models = TinyNetworks.named().toList();
    List<String> command = new ArrayList<>();
    command.add(System.getenv("PIXELRNN_PYTHON"));
    command.add("tools/interop/check.py");
    for (Named<ModelConfig> model : models) {
      Path version = TinyExports.write(folder.resolve(model.getName()), model.getPayload(), 3);
      Files.writeString(version.resolveSibling("reference.json"), reference(version));
      command.add(version.toString());
    }
    Process python = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(python.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, python.waitFor(), output);
    assertEquals(
        models.size(),
        output.lines().filter(line -> line.matches("logits: float32 .*: as in Java")).count(),
        output);
  }

  private static String reference(Path version) {
    try (Sampler sampler = Sampler.open(version)) {
      ImageShape shape = sampler.shape();
      Random random = new Random(SEED);
      byte[] levels = new byte[COUNT * shape.dimensions()];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = (byte) random.nextInt(shape.levels());
      }
      boolean[] known = new boolean[COUNT * shape.pixels()];
      for (int i = 0; i < known.length; i++) {
        known[i] = random.nextBoolean();
      }
      Images images = Images.of(shape, levels);
      float[] logProb = sampler.logProb(images);
      double[] bits = new double[COUNT];
      for (int i = 0; i < COUNT; i++) {
        bits[i] = shape.bitsPerDimension(-logProb[i]);
      }
      Map<String, Object> values = new HashMap<>();
      values.put("images", unsigned(images));
      values.put("known", known);
      values.put("count", COUNT);
      values.put("seed", SEED);
      values.put("temperature", 0.9f);
      values.put("log_prob", logProb);
      values.put("bits_per_dim", bits);
      values.put("logits", sampler.logits(images));
      values.put("sample", unsigned(sampler.sample(COUNT, SEED, 0.9f)));
      values.put("complete", unsigned(sampler.complete(images, known, SEED, 0.9f)));
      sampler
          .small()
          .ifPresent(
              small -> values.put("sample_small", unsigned(small.sample(COUNT, SEED, 0.9f))));
      return new Gson().toJson(values);
    }
  }

  private static int[] unsigned(Images images) {
    int[] values = new int[images.levels().length];
    Arrays.setAll(values, i -> Byte.toUnsignedInt(images.levels()[i]));
    return values;
  }
}
