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

/**
 * Exported models of tiny networks. Each is exported and opened once for all tests of a process.
 */
final class TinySamplers {
  /** The seed of the weights. */
  static final long SEED = 9;

  private static final Map<ModelConfig, Sampler> OPENED = new HashMap<>();
  private static final Path FOLDER = createFolder();

  private TinySamplers() {}

  private static Path createFolder() {
    try {
      Path folder = Files.createTempDirectory("tiny-samplers");
      Runtime.getRuntime().addShutdownHook(new Thread(TinySamplers::delete));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a model with weights from {@link #SEED}. The caller does not close it. */
  static synchronized Sampler of(ModelConfig config) {
    return OPENED.computeIfAbsent(config, c -> Sampler.open(TinyExports.write(FOLDER, c, SEED)));
  }

  private static void delete() {
    try {
      MoreFiles.deleteRecursively(FOLDER, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
