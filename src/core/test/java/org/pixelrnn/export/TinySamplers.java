package org.pixelrnn.export;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.sampler.Sampler;

/** Exported models of tiny networks. Each is exported and opened once for all tests of a class. */
final class TinySamplers implements AutoCloseable {
  private final Path folder;
  private final Map<ModelConfig, Sampler> opened = new HashMap<>();

  TinySamplers() {
    try {
      folder = Files.createTempDirectory("tiny-samplers");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a model with weights from a fixed seed. The caller does not close it. */
  Sampler of(ModelConfig config) {
    return opened.computeIfAbsent(config, c -> Sampler.open(TinyExports.write(folder, c, 9)));
  }

  @Override
  public void close() throws IOException {
    opened.values().forEach(Sampler::close);
    MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
  }
}
