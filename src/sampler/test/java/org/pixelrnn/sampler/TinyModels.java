package org.pixelrnn.sampler;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The tiny models in {@code test/resources}, each opened once for all tests of a class. {@code
 * SamplerModelsTest} in {@code src/core} writes them and says what networks they hold.
 */
public final class TinyModels implements AutoCloseable {
  private final Map<String, Sampler> opened = new HashMap<>();

  /** The names of all models, for {@code @MethodSource}. */
  static Stream<String> names() {
    return Stream.concat(singleScale(), multiScale());
  }

  /** The names of the models of one scale. */
  static Stream<String> singleScale() {
    return Stream.of("pixelcnn", "pixelcnn-colour", "row-lstm", "diagonal-bilstm-colour");
  }

  /** The names of the multi-scale models. */
  static Stream<String> multiScale() {
    return Stream.of("multi-scale", "multi-scale-colour");
  }

  /** The folder of a model. */
  public static Path folder(String name) {
    try {
      return Path.of(TinyModels.class.getResource("models/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Copies version 1 of a model into a folder and returns the copy of the version. */
  static Path copy(String name, Path folder) {
    Path version = folder(name).resolve("1");
    try (Stream<Path> files = Files.walk(version)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      for (Path file : all) {
        Path target = folder.resolve("1").resolve(version.relativize(file).toString());
        MoreFiles.createParentDirectories(target);
        Files.copy(file, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.resolve("1");
  }

  /** Opens a model. The caller does not close it. */
  Sampler of(String name) {
    return opened.computeIfAbsent(name, n -> Sampler.open(folder(n)));
  }

  @Override
  public void close() {
    opened.values().forEach(Sampler::close);
  }
}
