package org.pixelrnn.server;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The models of a server by their names. Threads of its own load them and watch their folders. */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class ModelRegistry implements AutoCloseable {
  private final Map<String, ServedModel> models = new TreeMap<>();
  private final ScheduledExecutorService loaders;
  private final ExecutorService closer =
      Executors.newSingleThreadExecutor(task -> daemon(task, "closes models"));

  /**
   * Makes a registry of models that are not loaded yet.
   *
   * @param folders the models' folders, by name
   * @param compiledFor the numbers of images for which rows are compiled
   * @throws org.pixelrnn.sampler.NotAModelException if there is no model in a folder
   */
  ModelRegistry(Map<String, Path> folders, ImmutableIntArray compiledFor) {
    folders.forEach(
        (name, folder) -> models.put(name, new ServedModel(name, folder, compiledFor, closer)));
    loaders =
        Executors.newScheduledThreadPool(
            Math.max(1, Math.min(folders.size(), Runtime.getRuntime().availableProcessors())),
            task -> daemon(task, "loads models"));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Loads all models in the background, and looks for new versions from then on. */
  void start(Duration watchInterval) {
    for (ServedModel model : models.values()) {
      loaders.scheduleWithFixedDelay(
          model::refresh, 0, watchInterval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** All models, sorted by name. */
  Collection<ServedModel> all() {
    return models.values();
  }

  /**
   * Checks that there is a model.
   *
   * @throws RefusedRequest if no model has this name
   */
  void require(String name) {
    ServedModel unused = find(name);
  }

  /**
   * Finds a model.
   *
   * @throws RefusedRequest if no model has this name
   */
  ServedModel find(String name) {
    ServedModel model = models.get(name);
    if (model == null) {
      throw new RefusedRequest(
          RefusedRequest.Kind.UNKNOWN,
          "no model `" + name + "`; expected one of " + String.join(", ", models.keySet()));
    }
    return model;
  }

  /** True if every model has a version that is ready. */
  boolean isReady() {
    return models.values().stream().allMatch(model -> model.current().isPresent());
  }

  /** Stops loading, and frees all models. It waits until their last requests have ended. */
  @Override
  public void close() {
    loaders.shutdown();
    models.values().forEach(ServedModel::close);
    try {
      // A model that is compiled right now takes longer. Its thread ends with the process.
      loaders.awaitTermination(5, TimeUnit.SECONDS);
      models.values().forEach(ServedModel::close);
      closer.shutdown();
      closer.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
