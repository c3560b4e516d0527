package org.pixelrnn.data;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Picture;
import org.pixelrnn.image.WantedSize;
import org.pixelrnn.proto.v1.DataConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data set of pictures of any size. Each picture is cropped and scaled to a model's shape when it
 * is read, and none is kept. So there may be more of them than memory holds.
 *
 * <p>A picture that is broken, or that does not fit in memory, is named in the log, and the next
 * good picture of its split takes its place. When more than one picture in a hundred is broken,
 * reading fails.
 */
final class PictureDataset implements ImageDataset {
  private static final Logger log = LoggerFactory.getLogger(PictureDataset.class);

  /** Where the pictures come from. Its methods may be called from several threads at once. */
  interface Source extends AutoCloseable {
    /** The name of the data set in provenance. */
    String name();

    /** Where the pictures are, for messages. */
    String place();

    /** The number of pictures. */
    int count();

    /** A picture's own name. It stays the same when other pictures are added or removed. */
    String pictureName(int picture);

    /** Where a picture is, for people: the path of its file, or a file and the number in it. */
    default String path(int picture) {
      return pictureName(picture);
    }

    /** The name of a picture's group, which may decide its split: see {@link SplitRule}. */
    String groupName(int picture);

    /**
     * Decodes a picture and applies a function to it.
     *
     * @param wanted says at what size the picture may be decoded
     * @throws InputException that names the picture, if it is broken
     */
    <T> T read(int picture, WantedSize wanted, Function<Picture, T> function);

    /** A SHA-256 in hexadecimal that changes when the pictures change. */
    String digest();

    /** A SHA-256 in hexadecimal of more of the pictures than {@link #digest} reads. */
    default String fullDigest() {
      return digest();
    }

    @Override
    default void close() {}
  }

  private final Source source;
  private final CropAndScale cropAndScale;

  /** The pictures of each split, by their numbers in the source. */
  private final Map<Split, ImmutableIntArray> members;

  private final Set<Integer> broken = ConcurrentHashMap.newKeySet();
  private volatile String lastBroken = "";

  private PictureDataset(
      Source source, CropAndScale cropAndScale, Map<Split, ImmutableIntArray> members) {
    this.source = source;
    this.cropAndScale = cropAndScale;
    this.members = members;
  }

  /**
   * The pictures of a source, in a model's shape.
   *
   * @param config says how pictures are cropped, and the share of the validation split
   * @throws InputException if there are no pictures, or if the model has neither one nor three
   *     channels
   */
  static PictureDataset of(Source source, DataConfig config, ImageShape model) {
    if (model.channels() != 1 && model.channels() != 3) {
      throw new InputException(
          "model.channels = "
              + model.channels()
              + ", but the pictures of "
              + source.place()
              + " have 1 channel (grey) or 3 (red, green, blue)");
    }
    if (source.count() == 0) {
      throw new InputException(
          source.place() + ": there are no pictures in it, expected at least one");
    }
    ImageShape shape = new ImageShape(model.height(), model.width(), model.channels(), 256);
    return new PictureDataset(
        source,
        new CropAndScale(shape, config.getRandomCrop()),
        SplitRule.divide(
            source.count(), source::groupName, source::pictureName, config.getValidationShare()));
  }

  @Override
  public ImageShape shape() {
    return cropAndScale.shape();
  }

  @Override
  public int size(Split split) {
    return members.get(split).length();
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    int size = size(split);
    Objects.checkIndex(index, size);
    for (int skipped = 0; skipped < size; skipped++) {
      refuseTooManyBroken();
      int picture = members.get(split).get((index + skipped) % size);
      if (broken.contains(picture)) {
        continue;
      }
      try {
        byte[] values =
            source.read(
                picture,
                cropAndScale.wanted(split),
                decoded -> cropAndScale.apply(decoded, split, epoch, index));
        System.arraycopy(values, 0, into, 0, values.length);
        return;
      } catch (InputException e) {
        skip(picture, e.getMessage());
      } catch (OutOfMemoryError e) {
        // Other pictures may well fit.
        skip(
            picture,
            source.place()
                + ": picture "
                + source.pictureName(picture)
                + ": there is too little memory to read it");
      }
    }
    refuseTooManyBroken();
    throw new InputException(
        source.place()
            + ": all pictures of the "
            + split.name().toLowerCase(Locale.ROOT)
            + " split are broken; the last one: "
            + lastBroken);
  }

  private void skip(int picture, String why) {
    if (broken.add(picture)) {
      lastBroken = why;
      log.warn("{}; the next picture takes its place", why);
    }
  }

  private void refuseTooManyBroken() {
    if (broken.size() * 100L > source.count()) {
      throw new InputException(
          source.place()
              + ": "
              + broken.size()
              + " of its "
              + source.count()
              + " pictures are broken, expected at most 1 %; the last one: "
              + lastBroken);
    }
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public Optional<String> imageName(Split split, int index) {
    int picture = members.get(split).get(index);
    return broken.contains(picture) ? Optional.empty() : Optional.of(source.path(picture));
  }

  @Override
  public String digest() {
    return source.digest();
  }

  @Override
  public String fullDigest() {
    return source.fullDigest();
  }

  @Override
  public void close() {
    source.close();
  }
}
