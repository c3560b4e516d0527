package org.pixelrnn.server;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.pixelrnn.sampler.Sampler;

/**
 * One version of a model in memory, and the count of the requests that use it. A newer version
 * retires it; it is closed when its last request ends.
 */
final class LoadedVersion {
  private final long number;
  private final Sampler sampler;
  private final ModelEngine engine;
  private final Executor closer;

  // Guarded by this object's lock.
  private int users;
  private boolean retired;

  private LoadedVersion(long number, Sampler sampler, ModelEngine engine, Executor closer) {
    this.number = number;
    this.sampler = sampler;
    this.engine = engine;
    this.closer = closer;
  }

  /**
   * Loads a version and warms it up: every signature is called.
   *
   * @param version the folder of the version
   * @param compiledFor the numbers of images for which the rows are compiled
   * @param closer closes the version when it is retired, which may take as long as a call of the
   *     model
   * @throws org.pixelrnn.image.InputException if it cannot be loaded, or if a signature fails
   */
  static LoadedVersion load(
      String name, Path version, ImmutableIntArray compiledFor, Executor closer) {
    Sampler sampler =
        Sampler.builder(version).compileFor(compiledFor.toArray()).warmUp(true).open();
    LoadedVersion loaded = null;
    try {
      ModelEngine engine =
          sampler.batchesRows()
              ? new BatchingEngine(name, sampler)
              : new TurnTakingEngine(name, sampler);
      loaded = new LoadedVersion(number(version), sampler, engine, closer);
      return loaded;
    } finally {
      if (loaded == null) {
        sampler.close();
      }
    }
  }

  /** The number of a version's folder; 0 if its name is not a number. */
  static long number(Path version) {
    String name = version.toAbsolutePath().normalize().getFileName().toString();
    return name.matches("[0-9]{1,18}") ? Long.parseLong(name) : 0;
  }

  /** The number of the version. */
  long number() {
    return number;
  }

  /** The model itself, for what can be asked of it without a call. */
  Sampler sampler() {
    return sampler;
  }

  /** The engine that samples and scores with this version. */
  ModelEngine engine() {
    return engine;
  }

  /** Counts a user. Returns false if the version is retired. */
  synchronized boolean use() {
    if (retired) {
      return false;
    }
    users++;
    return true;
  }

  /** Ends one use. */
  synchronized void release() {
    users--;
    closeIfUnused();
  }

  /** Lets nobody else use the version. */
  synchronized void retire() {
    if (!retired) {
      retired = true;
      closeIfUnused();
    }
  }

  private void closeIfUnused() {
    if (retired && users == 0) {
      closer.execute(engine::close);
    }
  }
}
