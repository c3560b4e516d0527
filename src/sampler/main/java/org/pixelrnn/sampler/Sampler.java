package org.pixelrnn.sampler;

import com.google.common.base.Preconditions;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * An exported model in memory: it samples new images, completes images, and computes the likelihood
 * of images.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.open(Path.of("savedmodels/mnist-pixelcnn"))) {
 *   // All at once.
 *   Images digits = sampler.sample(16, seed, temperature);
 *
 *   // The same images row by row, at the caller's pace.
 *   SampleRequest request = SampleRequest.of(16, seed).withTemperature(temperature);
 *   try (RowStream rows = sampler.rows(request)) {
 *     while (rows.next()) {
 *       show(rows.row(), rows.levels()); // [16, width, channels]
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>A model may be damaged in a way that is not noticed when it is opened. Calls of its damaged
 * part then throw a {@link NotAModelException}.
 *
 * <p>The same seed gives the same images: all at once, row by row, and in any other program that
 * calls the model's signatures. Several threads may use a sampler at the same time, and any thread
 * may close it.
 */
public final class Sampler implements AutoCloseable {
  private final LoadedModel model;
  private final ImageShape shape;
  private final Optional<SmallImages> small;
  private final Path version;
  private final Optional<Provenance> provenance;
  private final Map<String, SignatureFunction> functions;

  private Sampler(Path version, Optional<Provenance> provenance, LoadedModel model) {
    this.version = version;
    this.provenance = provenance;
    this.model = model;
    this.shape = model.shape();
    this.small = model.signatures().smallShape().map(smallShape -> new SmallImages(model));
    this.functions = Collections.unmodifiableMap(SignatureFunction.of(model));
  }

  /**
   * Loads a model.
   *
   * @param model a model's folder, for its newest version, or the folder of one version
   * @throws NotAModelException if there is no exported model, or if a signature is missing
   * @throws InputException if the file that says where the model comes from is damaged
   */
  public static Sampler open(Path model) {
    return builder(model).open();
  }

  /** Says how a model is to be loaded: its threads, and what is prepared when it is opened. */
  public static SamplerBuilder builder(Path model) {
    return new SamplerBuilder(model);
  }

  /** Loads a model. The arguments are those of {@link LoadedModel#load}. */
  static Sampler load(Path model, int threads, Set<Integer> compiledFor) {
    Path version = ModelFolder.version(model);
    Optional<Provenance> provenance = ModelFolder.provenance(version);
    LoadedModel loaded = LoadedModel.load(version, threads, compiledFor);
    Sampler sampler = null;
    try {
      sampler = new Sampler(version, provenance, loaded);
      return sampler;
    } finally {
      if (sampler == null) {
        loaded.close();
      }
    }
  }

  /** The shape of the images that the model samples. */
  public ImageShape shape() {
    return shape;
  }

  /** The small images of a multi-scale model; empty for other models. */
  public Optional<SmallImages> small() {
    return small;
  }

  /**
   * True if {@link #logProb} gives {@code log p(x)} itself. False if it gives a lower bound: the
   * large network of a multi-scale model then models every pixel, those of the small image again.
   */
  public boolean isExact() {
    return model.signatures().exact();
  }

  /** The folder of the version that was opened. */
  public Path version() {
    return version;
  }

  /** Lists the signatures, for instance {@code sample(count, seed, temperature) → images}. */
  public List<String> signatures() {
    return model.signatures().descriptions();
  }

  /** The signatures by name, to be called with TensorFlow's own messages. */
  public Map<String, SignatureFunction> functions() {
    return functions;
  }

  /** The number of learned parameters. */
  public long parameters() {
    return model.signatures().parameters();
  }

  /** Where the model comes from; empty if its exporter did not say. */
  public Optional<Provenance> provenance() {
    return provenance;
  }

  /**
   * How pictures become levels when this model is evaluated: as in its training, but without random
   * crops. If the model does not say where it comes from, every field has its default.
   */
  public DataConfig dataConfig() {
    return provenance.map(Provenance::getData).orElse(DataConfig.getDefaultInstance()).toBuilder()
        .clearRandomCrop()
        .build();
  }

  /**
   * Samples what a request asks for, all at once.
   *
   * @return {@code request.count()} images of {@link #shape}; known pixels are unchanged
   * @throws InputException if the images of the request have another shape than the model's, if it
   *     has small images and this is not a multi-scale model, or if the result would exceed 2 GiB
   */
  public Images sample(SampleRequest request) {
    check(request);
    if (request.small().isPresent()) {
      try (TUint8 x = LevelTensors.of(request.small().get())) {
        return model.sample("upscale", Map.of("small", x), request, shape);
      }
    }
    if (request.known().isPresent()) {
      KnownPixels known = request.known().get();
      try (TUint8 x = LevelTensors.of(known.images());
          TBool k = LevelTensors.of(known)) {
        return model.sample("complete", Map.of("images", x, "known", k), request, shape);
      }
    }
    try (TInt32 count = TInt32.scalarOf(request.count())) {
      return model.sample("sample", Map.of("count", count), request, shape);
    }
  }

  /**
   * Samples what a request asks for, row by row. The images are those of {@link
   * #sample(SampleRequest)}. This method does not call the model yet: {@link RowStream#next} does.
   *
   * @return a stream that the caller closes
   * @throws InputException as {@link #sample(SampleRequest)} does
   */
  public RowStream rows(SampleRequest request) {
    return model.rows(check(request));
  }

  /**
   * True if {@link #rowBatch} can sample rows of several requests at once. Models that were
   * exported before there was a signature {@code next_row_with_noise} cannot.
   */
  public boolean batchesRows() {
    return model.signatures().noiseBlock().isPresent();
  }

  /**
   * Makes an empty batch of requests, whose rows are sampled together.
   *
   * @return a batch that the caller closes
   * @throws IllegalStateException if this model cannot, see {@link #batchesRows}
   */
  public RowBatch rowBatch() {
    Preconditions.checkState(
        batchesRows(), "%s: no signature `next_row_with_noise`; expected a newer export", version);
    return new RowBatch(model);
  }

  /**
   * Samples new images.
   *
   * @param count the number of images; the first of many images are those of a smaller {@code
   *     count}
   * @param seed the seed of all random numbers
   * @param temperature the number that divides the logits: 1 samples from the model, 0 takes the
   *     most likely level of every sub-pixel
   * @throws InputException if {@code count} is negative, if all images together exceed 2 GiB, or if
   *     {@code temperature} is negative, infinite or not a number
   */
  public Images sample(int count, long seed, float temperature) {
    return sample(SampleRequest.of(count, seed).withTemperature(temperature));
  }

  /** Samples the same images row by row and tells the listener of each row. */
  public Images sample(int count, long seed, float temperature, RowListener listener) {
    SampleRequest request = SampleRequest.of(count, seed).withTemperature(temperature);
    return RowStream.sampleAll(model, check(request), listener);
  }

  /**
   * Samples the unknown pixels of images, given the known pixels before them in raster order.
   *
   * @param images images of the model's shape; the levels of unknown pixels do not matter
   * @param known true where a pixel is known and stays unchanged: {@code [n, height, width]}, or
   *     {@code [height, width]} for all images alike
   * @param seed the seed of all random numbers
   * @param temperature the number that divides the logits
   * @throws InputException if the images have another shape, if {@code known} has neither length,
   *     or if {@code temperature} is negative, infinite or not a number
   */
  public Images complete(Images images, boolean[] known, long seed, float temperature) {
    return sample(SampleRequest.completing(images, known, seed).withTemperature(temperature));
  }

  /** Completes the same images row by row and tells the listener of each row. */
  public Images complete(
      Images images, boolean[] known, long seed, float temperature, RowListener listener) {
    SampleRequest request =
        SampleRequest.completing(images, known, seed).withTemperature(temperature);
    return RowStream.sampleAll(model, check(request), listener);
  }

  /**
   * Computes the exact log-likelihood of each image, {@code log p(x)}. A multi-scale model whose
   * large network models every pixel gives a lower bound of it (section 3.6 of the paper).
   *
   * @return {@code [n]}, in nats
   * @throws InputException if the images have another shape
   */
  public float[] logProb(Images images) {
    SampleRequest.check("images", images, shape);
    return model.during(() -> logProbInBatches(images));
  }

  private float[] logProbInBatches(Images images) {
    float[] all = new float[images.count()];
    int batch = LikelihoodBatch.size(shape);
    for (int from = 0; from < all.length; from += batch) {
      int count = Math.min(batch, all.length - from);
      FloatDataBuffer into = DataBuffers.of(all).offset(from).narrow(count);
      try (TUint8 x = LevelTensors.of(images.slice(from, from + count))) {
        model.call("log_prob", Map.of("images", x), outputs -> copy(outputs, "log_prob", into));
      }
    }
    return all;
  }

  /**
   * Computes the exact log-likelihood of each image, split among its channels: {@code log p(x) =
   * Σ_c log p(channel c | the sub-pixels before)}.
   *
   * @return {@code [n, channels]}, in nats
   * @throws InputException if the images have another shape
   */
  public float[] logProbByChannel(Images images) {
    SampleRequest.check("images", images, shape);
    return model.during(() -> LikelihoodParts.byChannel(model, images));
  }

  /**
   * Computes the bits of each pixel, {@code -log₂ p(pixel | the pixels before)}: how much it
   * surprises the model. The bits of all pixels of an image sum to {@code -log p(x) / ln 2}. In a
   * multi-scale model the pixels of the small image come first, and their bits are those of the
   * small network (section 3.6 of the paper).
   *
   * @return {@code [n, height, width]}, each summed over the pixel's channels
   * @throws NoExactLikelihoodException if the model is not {@linkplain #isExact exact}
   * @throws InputException if the images have another shape
   */
  public float[] pixelBits(Images images) {
    SampleRequest.check("images", images, shape);
    if (!isExact()) {
      throw new NoExactLikelihoodException(
          version
              + ": this model samples every pixel twice (draw_every_pixel), so its pixels have no"
              + " exact likelihood; expected a model of one scale, or one without draw_every_pixel");
    }
    float[] bits = model.during(() -> LikelihoodParts.byPixel(model, images));
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (float) (-bits[i] / Math.log(2));
    }
    return bits;
  }

  /**
   * Computes the logits of every sub-pixel given all sub-pixels before it. The order is the raster
   * order; a multi-scale model starts with the pixels of the small image. One call computes them
   * all, so give it few images.
   *
   * @return {@code [n, height, width, channels, levels]}
   * @throws InputException if the images have another shape, or if there are more logits than an
   *     array can hold
   */
  public float[] logits(Images images) {
    SampleRequest.check("images", images, shape);
    long size = (long) images.count() * shape.logits();
    if (size > Integer.MAX_VALUE) {
      throw new InputException(
          "logits of " + images + ": " + size + " numbers; expected at most " + Integer.MAX_VALUE);
    }
    float[] all = new float[(int) size];
    FloatDataBuffer into = DataBuffers.of(all);
    try (TUint8 x = LevelTensors.of(images)) {
      model.call("logits", Map.of("images", x), outputs -> copy(outputs, "logits", into));
    }
    return all;
  }

  /** Copies an output that must have as many numbers as {@code into}. */
  private static FloatDataBuffer copy(SignatureOutputs outputs, String name, FloatDataBuffer into) {
    TFloat32 numbers = (TFloat32) outputs.get(name).orElseThrow();
    Preconditions.checkArgument(
        numbers.size() == into.size(),
        "`%s` has %s numbers; expected %s",
        name,
        numbers.size(),
        into.size());
    numbers.copyTo(into);
    return into;
  }

  /**
   * Frees the model. New calls are refused at once with an {@link IllegalStateException}. Calls
   * that are under way finish first, also those with a {@link RowListener}, and this method waits
   * for them. A {@link RowStream} ends with the row under way; its state is freed, and its next
   * call of {@link RowStream#next} is refused.
   *
   * @throws IllegalStateException if a listener of a call calls this
   */
  @Override
  public void close() {
    model.close();
  }

  private SampleRequest check(SampleRequest request) {
    return request.checkedFor(shape, model.signatures().smallShape());
  }
}
