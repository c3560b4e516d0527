package org.pixelrnn.data;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Picture;
import org.pixelrnn.proto.v1.DataConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures of any size, wherever they come from, brought to a model's shape one by one as they are
 * read: nothing is kept, so there may be more of them than memory holds.
 *
 * <p>One that turns out broken is named in the log and replaced by the next good one of its split,
 * until more than one in a hundred are.
 */
final class Pictures implements ImageDataset {
  private static final Logger log = LoggerFactory.getLogger(Pictures.class);

  /** Where the pictures are. Safe from several threads. */
  interface Source extends AutoCloseable {
    /** What it is called in provenance. */
    String name();

    /** The source as a person gave it, for messages. */
    String place();

    /** How many pictures there are. */
    int count();

    /** What a picture is called: as long as it is not moved, the same. */
    String name(int picture);

    /** The folder or file whose name may say a picture's split. */
    String group(int picture);

    /** A picture; throws {@link InputException} that names it if it is broken. */
    Picture read(int picture);

    /** A SHA-256 in hexadecimal. */
    String digest();

    @Override
    default void close() {}
  }

  private final Source source;
  private final Framing framing;
  private final Map<Split, ImmutableIntArray> members;
  private final Set<Integer> broken = ConcurrentHashMap.newKeySet();
  private volatile String lastBroken = "";

  private Pictures(Source source, Framing framing, Map<Split, ImmutableIntArray> members) {
    this.source = source;
    this.framing = framing;
    this.members = members;
  }

  /**
   * A source's pictures in a model's shape.
   *
   * @throws InputException if there are none, or the model is neither grey nor of three channels
   */
  static Pictures of(Source source, DataConfig config, ImageShape model) {
    if (model.channels() != 1 && model.channels() != 3) {
      throw new InputException(
          "model.channels = "
              + model.channels()
              + ", but the pictures of "
              + source.place()
              + " are grey (1) or red, green and blue (3)");
    }
    if (source.count() == 0) {
      throw new InputException(source.place() + ": there are no pictures in it");
    }
    ImageShape shape = new ImageShape(model.height(), model.width(), model.channels(), 256);
    return new Pictures(
        source,
        new Framing(shape, config.getRandomCrop()),
        SplitRule.divide(source.count(), source::group, source::name, config.getValidationShare()));
  }

  @Override
  public ImageShape shape() {
    return framing.shape();
  }

  @Override
  public int size(Split split) {
    return members.get(split).length();
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    int size = size(split);
    Objects.checkIndex(index, size);
    for (int tried = 0; tried < size; tried++) {
      refuseTooManyBroken();
      int picture = members.get(split).get((index + tried) % size);
      if (broken.contains(picture)) {
        continue;
      }
      try {
        byte[] values = framing.values(source.read(picture), split, epoch, index);
        System.arraycopy(values, 0, into, 0, values.length);
        return;
      } catch (InputException e) {
        if (broken.add(picture)) {
          lastBroken = e.getMessage();
          log.warn("{}; the next picture takes its place", e.getMessage());
        }
      }
    }
    refuseTooManyBroken();
    throw new InputException(
        source.place() + ": none of a split's pictures can be read, the last being " + lastBroken);
  }

  private void refuseTooManyBroken() {
    if (broken.size() * 100L > source.count()) {
      throw new InputException(
          source.place()
              + ": "
              + broken.size()
              + " of its "
              + source.count()
              + " pictures are broken, more than 1 %, the last being "
              + lastBroken);
    }
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String digest() {
    return source.digest();
  }

  @Override
  public void close() {
    source.close();
  }
}
