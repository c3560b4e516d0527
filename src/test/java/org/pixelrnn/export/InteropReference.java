package org.pixelrnn.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Named;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

/**
 * Writes exports of the tiny networks with what they say in Java, for {@code
 * tools/interop/check.py} to compare with what they say in Python.
 */
public final class InteropReference {
  private static final int COUNT = 5;
  private static final long SEED = 7;
  private static final float TEMPERATURE = 0.9f;

  private final Path folder;
  private final Map<String, String> arrays = new TreeMap<>();

  private InteropReference(Path folder) {
    this.folder = folder;
  }

  /** One folder a network, in the folder that is named. */
  public static void main(String[] args) throws IOException {
    for (Named<ModelConfig> network : TinyNetworks.named().toList()) {
      String name = network.getName().replaceAll("[^A-Za-z]+", "-");
      Path folder = Files.createDirectories(Path.of(args[0]).resolve(name));
      Path version = TinyExports.write(folder, network.getPayload(), SEED);
      Files.move(version, folder.resolve("model"));
      new InteropReference(folder).write();
    }
  }

  private void write() throws IOException {
    try (Sampler sampler = Sampler.open(folder.resolve("model"))) {
      ImageShape shape = sampler.shape();
      Images images = sampler.sample(COUNT, SEED + 1, 1);
      boolean[] known = new boolean[COUNT * shape.pixels()];
      for (int i = 0; i < known.length; i++) {
        known[i] = i % 3 != 1;
      }
      int[] size = {COUNT, shape.height(), shape.width(), shape.channels()};
      bytes("images", images.levels(), size);
      bytes("known", toBytes(known), COUNT, shape.height(), shape.width());
      floats("log_prob", sampler.logProb(images), COUNT);
      floats(
          "logits",
          sampler.logits(images),
          COUNT,
          shape.height(),
          shape.width(),
          shape.channels(),
          shape.levels());
      bytes("sample", sampler.sample(COUNT, SEED, TEMPERATURE).levels(), size);
      bytes("complete", sampler.complete(images, known, SEED, TEMPERATURE).levels(), size);
    }
    Files.writeString(
        folder.resolve("reference.json"),
        "{\"count\": %d, \"seed\": %d, \"temperature\": %s, \"arrays\": {%s}}%n"
            .formatted(COUNT, SEED, TEMPERATURE, String.join(", ", arrays.values())));
  }

  private static byte[] toBytes(boolean[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return bytes;
  }

  private void floats(String name, float[] values, int... shape) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    array(name, "<f4", bytes.array(), shape);
  }

  private void bytes(String name, byte[] values, int... shape) throws IOException {
    array(name, "u1", values, shape);
  }

  private void array(String name, String type, byte[] bytes, int... shape) throws IOException {
    Files.write(folder.resolve(name + ".bin"), bytes);
    List<String> sizes = IntStream.of(shape).mapToObj(Integer::toString).toList();
    arrays.put(
        name,
        "\"%s\": {\"type\": \"%s\", \"shape\": [%s]}"
            .formatted(name, type, String.join(", ", sizes)));
  }
}
