package org.pixelrnn.sampler;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
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
  private ImmutableSet<Integer> compiledFor = ImmutableSet.of();

  SamplerBuilder(Path model) {
    this.model = model;
  }

  /**
   * Says if every signature is called when the model is opened, for one image and for the numbers
   * of {@link #compileFor}; false by default. Opening then takes longer, and the first call of each
   * method as long as later ones.
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
   * Sets the numbers of images for which XLA compiles the sampling of a row; none by default. One
   * image of a model with recurrent layers, or of colour images, then takes 0.2 to 0.7 of the time.
   * One of a PixelCNN with large kernels takes longer. The first call with each of these numbers
   * takes seconds longer, because the row is compiled then: up to ten for each network and way to
   * sample.
   *
   * <p>XLA may round a sum otherwise. The images of a seed are those of the model as it was
   * exported, except that now and then a rounding changes a pixel, and then all later pixels.
   *
   * <p>In a {@link RowBatch} the number is that of the images of all requests.
   *
   * @throws IllegalArgumentException if a number is not positive
   */
  public SamplerBuilder compileFor(int... images) {
    for (int count : images) {
      if (count < 1) {
        throw new IllegalArgumentException(
            "compiled for " + count + " images, expected at least 1");
      }
    }
    this.compiledFor = ImmutableSet.copyOf(Ints.asList(images));
    return this;
  }

  /**
   * Loads the model.
   *
   * @throws NotAModelException as {@link Sampler#open} does, or if a signature fails when it is
   *     warmed up
   * @throws org.pixelrnn.image.InputException as {@link Sampler#open} does, or if it is warmed up
   *     for more images than the memory holds
   */
  public Sampler open() {
    Sampler sampler = Sampler.load(model, threads, compiledFor);
    if (!warmUp) {
      return sampler;
    }
    boolean warm = false;
    try {
      WarmUp.of(sampler, compiledFor);
      warm = true;
      return sampler;
    } finally {
      if (!warm) {
        sampler.close();
      }
    }
  }
}
