package org.pixelrnn.sampler;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pixelrnn.export.TinyExports;
import org.pixelrnn.proto.v1.ModelConfig;

/** Samplers of tiny networks, each exported and opened once for all tests of a class. */
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

  /** Of weights from a fixed seed; not to be closed. */
  Sampler of(ModelConfig config) {
    return opened.computeIfAbsent(config, c -> Sampler.open(TinyExports.write(folder, c, 7)));
  }

  @Override
  public void close() throws IOException {
    opened.values().forEach(Sampler::close);
    MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
  }
}
