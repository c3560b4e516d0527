package org.pixelrnn.server;

import com.google.common.primitives.ImmutableIntArray;
import com.linecorp.armeria.server.healthcheck.SettableHealthChecker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.sampler.ModelFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model under its name. The newest version of its folder answers requests. A newer version takes
 * over when it is warm; one that cannot be loaded leaves the present one as it is.
 */
final class ServedModel {
  private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

  private final String name;
  private final Path folder;
  private final ImmutableIntArray compiledFor;
  private final Executor closer;
  private final SettableHealthChecker health = new SettableHealthChecker(false);

  private volatile Optional<LoadedVersion> current = Optional.empty();
  private volatile Optional<String> error = Optional.empty();
  private volatile long newest;

  // Used by one thread at a time: that of refresh().
  private Optional<FolderState> seen = Optional.empty();
  private Optional<FolderState> tried = Optional.empty();

  /** The names, sizes and times of a version's files. They change while it is copied. */
  private record FolderState(Path version, List<String> files) {
    static FolderState of(Path version) throws IOException {
      try (Stream<Path> paths = Files.walk(version)) {
        List<Path> files = paths.filter(Files::isRegularFile).sorted().toList();
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
          lines.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
        return new FolderState(version, lines);
      }
    }
  }

  /**
   * Makes a model that is not loaded yet.
   *
   * @param folder the model's folder, or the folder of one version
   * @param compiledFor the numbers of images for which rows are compiled
   * @throws org.pixelrnn.sampler.NotAModelException if there is no model in the folder
   */
  ServedModel(String name, Path folder, ImmutableIntArray compiledFor, Executor closer) {
    this.name = name;
    this.folder = folder;
    this.compiledFor = compiledFor;
    this.closer = closer;
    newest = LoadedVersion.number(ModelFolder.version(folder));
  }

  String name() {
    return name;
  }

  /** Says if a version is ready. */
  SettableHealthChecker health() {
    return health;
  }

  /** The version that answers requests, for what can be asked of it without a call. */
  Optional<LoadedVersion> current() {
    return current;
  }

  /** The number of the newest version in the folder, also if it is not used. */
  long newest() {
    return newest;
  }

  /** Why the newest version cannot be used. */
  Optional<String> error() {
    return error;
  }

  /**
   * Takes the version that answers requests. The caller releases it.
   *
   * @throws RefusedRequest if no version is ready
   */
  LoadedVersion use() {
    while (true) {
      LoadedVersion version = current.orElseThrow(this::notReady);
      // It may have been retired since it was read; then there is a newer one.
      if (version.use()) {
        return version;
      }
      Thread.onSpinWait();
    }
  }

  private RefusedRequest notReady() {
    return new RefusedRequest(
        RefusedRequest.Kind.NOT_READY,
        error.isPresent()
            ? "model " + name + " cannot be loaded; the server's log says why"
            : "model " + name + " is still loading; try again later");
  }

  /** Loads the newest version if it is not in use yet. Called at the start, and every second. */
  void refresh() {
    try {
      Path version = ModelFolder.version(folder);
      newest = LoadedVersion.number(version);
      if (current.isEmpty() || newest > current.get().number()) {
        loadIfComplete(FolderState.of(version));
      } else {
        error = Optional.empty(); // A newer version that failed is gone.
        tried = Optional.empty();
      }
    } catch (IOException | RuntimeException e) {
      // The folder may change while it is read. The next look is a second later.
      LOG.debug("model {}: {} cannot be read", name, folder, e);
    }
  }

  /** Loads a version, unless it failed before and is unchanged, or is being copied right now. */
  private void loadIfComplete(FolderState state) {
    boolean complete = (current.isEmpty() && seen.isEmpty()) || seen.equals(Optional.of(state));
    seen = Optional.of(state);
    if (complete && !tried.equals(seen)) {
      tried = seen;
      load(state.version());
    }
  }

  private void load(Path version) {
    long start = System.nanoTime();
    LoadedVersion loaded;
    try {
      loaded = LoadedVersion.load(name, version, compiledFor, closer);
    } catch (RuntimeException e) {
      error = Optional.of(reason(e));
      LOG.error("model {}: version {} cannot be used: {}", name, version.getFileName(), reason(e));
      return;
    }
    Optional<LoadedVersion> old = current;
    current = Optional.of(loaded);
    error = Optional.empty();
    old.ifPresent(LoadedVersion::retire);
    health.setHealthy(true);
    LOG.info(
        "model {}: version {} is ready after {} ms",
        name,
        loaded.number(),
        (System.nanoTime() - start) / 1_000_000);
  }

  private static String reason(RuntimeException e) {
    return e instanceof InputException ? e.getMessage() : e.toString();
  }

  /** Refuses requests from now on, and frees the model when its last request has ended. */
  void close() {
    health.setHealthy(false);
    current.ifPresent(LoadedVersion::retire);
  }
}
