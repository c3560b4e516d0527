package org.pixelrnn.sampler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Provenance;
import org.tensorflow.Result;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Images out of an exported model: new ones, completed ones, and how likely given ones are.
 *
 * <p>The same seed gives the same images, drawn at once or row by row, here or through any other
 * program that calls the model's signatures. Safe for use by several threads at once; close it when
 * none uses it any more.
 */
public final class Sampler implements AutoCloseable {
  /** Logits that {@link #logProb} asks for at once: 64 MiB of floats. */
  private static final int LOGITS_AT_ONCE = 1 << 24;

  private final ServedModel model;
  private final ImageShape shape;
  private final Optional<SmallImages> small;
  private final Path version;
  private final Optional<Provenance> provenance;

  private Sampler(Path version, Optional<Provenance> provenance, ServedModel model) {
    this.version = version;
    this.provenance = provenance;
    this.model = model;
    this.shape = model.shape();
    this.small = model.smallShape().map(of -> new SmallImages(model, of));
  }

  /**
   * Loads a model.
   *
   * @param model a model's folder, of which the highest version is taken, or one version's
   * @throws InputException if there is none, or it lacks a signature
   */
  public static Sampler open(Path model) {
    Path version = ModelFolder.version(model);
    Optional<Provenance> provenance = ModelFolder.provenance(version);
    return new Sampler(version, provenance, ServedModel.load(version));
  }

  /** The images that the model draws. */
  public ImageShape shape() {
    return shape;
  }

  /** The small images that a multi-scale model draws first, if it is one. */
  public Optional<SmallImages> small() {
    return small;
  }

  /** The folder of the version that was opened. */
  public Path version() {
    return version;
  }

  /** What the model can be asked, in words: {@code sample(count, seed, temperature) → images}. */
  public List<String> signatures() {
    return model.signatures();
  }

  /** How many numbers the model has learned. */
  public long parameters() {
    return model.parameters();
  }

  /** How the model came to be, if its exporter has said so. */
  public Optional<Provenance> provenance() {
    return provenance;
  }

  /**
   * Draws images.
   *
   * @param count how many; the first of many are the same as those of few
   * @param seed of all random numbers
   * @param temperature divides the logits: 1 draws from the model, 0 takes the most likely level of
   *     every sub-pixel
   * @throws InputException if {@code count} is negative or all images together exceed 2 GiB, or
   *     {@code temperature} is or is no number
   */
  public Images sample(int count, long seed, float temperature) {
    check(count, shape);
    check(temperature);
    try (TInt32 n = TInt32.scalarOf(count);
        TInt64 s = TInt64.scalarOf(seed);
        TFloat32 t = TFloat32.scalarOf(temperature);
        Result drawn = model.call("sample", Map.of("count", n, "seed", s, "temperature", t))) {
      return Images.of(shape, LevelTensors.levels(drawn, "images"));
    }
  }

  /** Draws the same images as {@link #sample(int, long, float)}, telling of each row at once. */
  public Images sample(int count, long seed, float temperature, RowListener listener) {
    check(count, shape);
    byte[] nothing = new byte[Math.multiplyExact(count, shape.dimensions())];
    boolean[] known = new boolean[Math.multiplyExact(count, shape.pixels())];
    return byRows(Images.of(shape, nothing), known, seed, temperature, listener);
  }

  /**
   * Draws the unknown pixels of images, given those known ones that come earlier in raster order.
   *
   * @param images of the model's shape; levels of unknown pixels do not matter
   * @param known which pixels come back unchanged, {@code [n, height, width]}, or {@code [height,
   *     width]} for all images alike
   * @throws InputException if the images are of another shape, {@code known} is of neither length,
   *     or {@code temperature} is negative or no number
   */
  public Images complete(Images images, boolean[] known, long seed, float temperature) {
    check(images);
    check(temperature);
    try (TUint8 x = LevelTensors.of(images);
        TBool k =
            LevelTensors.of(forEach(images, known), images.count(), shape.height(), shape.width());
        TInt64 s = TInt64.scalarOf(seed);
        TFloat32 t = TFloat32.scalarOf(temperature);
        Result drawn =
            model.call("complete", Map.of("images", x, "known", k, "seed", s, "temperature", t))) {
      return Images.of(shape, LevelTensors.levels(drawn, "images"));
    }
  }

  /** Completes in the same way, telling of each row at once. */
  public Images complete(
      Images images, boolean[] known, long seed, float temperature, RowListener listener) {
    check(images);
    return byRows(images, forEach(images, known), seed, temperature, listener);
  }

  /**
   * The exact log-likelihood of each image, {@code log p(x)} in nats; of a multi-scale model that
   * draws every pixel twice (section 3.6), a lower bound of it.
   *
   * @throws InputException if the images are of another shape
   */
  public float[] logProb(Images images) {
    check(images);
    float[] all = new float[images.count()];
    int batch = Math.max(1, LOGITS_AT_ONCE / (shape.dimensions() * shape.levels()));
    for (int from = 0; from < all.length; from += batch) {
      int to = Math.min(all.length, from + batch);
      try (TUint8 x = LevelTensors.of(images.slice(from, to));
          Result result = model.call("log_prob", Map.of("images", x))) {
        TFloat32 nats = (TFloat32) result.get("log_prob").orElseThrow();
        nats.copyTo(DataBuffers.of(all).offset(from).narrow(to - from));
      }
    }
    return all;
  }

  /**
   * The exact log-likelihood of each image split among its channels, {@code log p(x) = Σ_c log
   * p(channel c | what is earlier)} in nats.
   *
   * @return {@code [n, channels]}, image by image
   * @throws InputException if the images are of another shape
   */
  public float[] logProbByChannel(Images images) {
    check(images);
    int n = images.count();
    float[] all = new float[n * shape.channels()];
    int batch = Math.max(1, LOGITS_AT_ONCE / (shape.dimensions() * shape.levels()));
    try (ChannelLikelihood parts = new ChannelLikelihood(shape)) {
      for (int from = 0; from < n; from += batch) {
        int to = Math.min(n, from + batch);
        try (TUint8 x = LevelTensors.of(images.slice(from, to));
            Result result = model.call("logits", Map.of("images", x))) {
          parts.compute(result.get("logits").orElseThrow(), x, all, from);
        }
      }
    }
    return all;
  }

  /**
   * The logits of every sub-pixel given all earlier ones, a multi-scale model's order being first
   * the pixels of the small image, then the others: {@code [n, height, width, channels, levels]}.
   * All at once: give few images.
   *
   * @throws InputException if the images are of another shape
   */
  public float[] logits(Images images) {
    check(images);
    float[] all =
        new float[Math.multiplyExact(images.count(), shape.dimensions() * shape.levels())];
    try (TUint8 x = LevelTensors.of(images);
        Result result = model.call("logits", Map.of("images", x))) {
      ((TFloat32) result.get("logits").orElseThrow()).copyTo(DataBuffers.of(all));
    }
    return all;
  }

  /** Frees the model; waits for calls that are under way. */
  @Override
  public void close() {
    model.close();
  }

  private Images byRows(
      Images images, boolean[] known, long seed, float temperature, RowListener listener) {
    check(temperature);
    if (small.isPresent()) {
      return small.get().complete(images, known, seed, temperature, listener);
    }
    try (TInt32 count = TInt32.scalarOf(images.count())) {
      return new RowByRow(model, listener)
          .draw(Map.of("count", count), images, known, seed, temperature);
    }
  }

  private boolean[] forEach(Images images, boolean[] known) {
    if (known.length == images.count() * shape.pixels()) {
      return known;
    }
    if (known.length != shape.pixels()) {
      throw new InputException(
          "known has "
              + known.length
              + " pixels; expected those of one image or of "
              + images.count()
              + ", each "
              + shape);
    }
    boolean[] all = new boolean[images.count() * shape.pixels()];
    for (int i = 0; i < images.count(); i++) {
      System.arraycopy(known, 0, all, i * shape.pixels(), shape.pixels());
    }
    return all;
  }

  private void check(Images images) {
    if (!images.shape().equals(shape)) {
      throw new InputException("images are " + images.shape() + "; expected " + shape);
    }
  }

  static void check(int count, ImageShape shape) {
    int most = Integer.MAX_VALUE / shape.dimensions();
    if (count < 0 || count > most) {
      throw new InputException("count = " + count + "; expected 0 to " + most);
    }
  }

  static void check(float temperature) {
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new InputException("temperature = " + temperature + "; expected at least 0");
    }
  }
}
