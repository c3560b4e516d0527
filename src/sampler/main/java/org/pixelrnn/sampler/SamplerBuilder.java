package org.pixelrnn.sampler;

import java.nio.file.Path;

/**
 * Says how a model is to be loaded.
 *
 * <pre>{@code
 * Sampler sampler =
 *     Sampler.builder(Path.of("savedmodels/mnist-pixelcnn")).warmUp(true).threads(2).open();
 * }</pre>
 */
public final class SamplerBuilder {
  private final Path model;
  private boolean warmUp;
  private int threads;

  SamplerBuilder(Path model) {
    this.model = model;
  }

  /**
   * Says if every signature is called, for one image, when the model is opened; false by default.
   * Opening then takes longer, and the first call of each method as long as later ones.
   */
  public SamplerBuilder warmUp(boolean wanted) {
    this.warmUp = wanted;
    return this;
  }

  /**
   * Sets the number of threads that calculate; one for each core by default. A single image is
   * sampled in the thread of the caller, which is faster.
   *
   * <p>TensorFlow shares the threads of a single operation among all models of the process: the
   * first that is opened decides their number. If the environment variable {@code
   * TF_OVERRIDE_GLOBAL_THREADPOOL} is 1 when the JVM starts, each model has its own.
   *
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  public SamplerBuilder threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads = " + count + ", expected at least 1");
    }
    this.threads = count;
    return this;
  }

  /**
   * Loads the model.
   *
   * @throws NotAModelException as {@link Sampler#open} does, or if a signature fails when it is
   *     warmed up
   * @throws org.pixelrnn.image.InputException as {@link Sampler#open} does
   */
  public Sampler open() {
    Sampler sampler = Sampler.load(model, threads);
    if (!warmUp) {
      return sampler;
    }
    boolean warm = false;
    try {
      WarmUp.of(sampler);
      warm = true;
      return sampler;
    } finally {
      if (!warm) {
        sampler.close();
      }
    }
  }
}
