package org.pixelrnn.data;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/** The kinds of data there are, by the names that {@code --data} takes. */
public final class Datasets {

  /** A new kind of data set is a line here, and the file it names. */
  private static final ImmutableList<Kind> KINDS =
      ImmutableList.of(
          new Kind("strokes", (where, config, model) -> Strokes.grey(model)),
          new Kind("strokes-rgb", (where, config, model) -> Strokes.colour(model)),
          new Kind("mnist:DIR", (where, config, model) -> Mnist.open(where, config)),
          new Kind("cifar10:DIR", (where, config, model) -> Cifar10.open(where, config)),
          new Kind("folder:DIR", Folder::open),
          new Kind("tfrecord:GLOB", TfRecords::open));

  private Datasets() {}

  /** How each kind is written, for instance {@code mnist:DIR}. */
  private static ImmutableList<String> forms() {
    return KINDS.stream().map(Kind::form).collect(ImmutableList.toImmutableList());
  }

  /**
   * Opens a data set.
   *
   * @param spec for instance {@code strokes} or {@code mnist:DIR}
   * @param model the images wanted; sets of pictures of any size bring them to this height, width
   *     and number of channels, sets of one size keep their own
   * @throws InputException if there is no such kind, or its files are missing or broken
   */
  public static ImageDataset open(String spec, DataConfig config, ImageShape model) {
    List<String> parts = Splitter.on(':').limit(2).splitToList(spec);
    Kind kind =
        KINDS.stream()
            .filter(k -> k.name().equals(parts.get(0)))
            .findFirst()
            .orElseThrow(() -> refused(spec, "'" + parts.get(0) + "' is no kind of data"));
    String where = parts.size() == 2 ? parts.get(1) : "";
    if (kind.hasPlace() && where.isEmpty()) {
      throw refused(spec, "it does not say where the files are");
    }
    if (!kind.hasPlace() && parts.size() == 2) {
      throw refused(spec, "'" + kind.form() + "' needs no files");
    }
    ImageDataset data = kind.opener().open(where, config, model);
    if (config.getRandomCrop() > 0 && !(data instanceof Pictures)) {
      throw new InputException(
          "data.random_crop = "
              + config.getRandomCrop()
              + ", but the images of "
              + spec
              + " all have one size, and nothing can be cut off; leave it at 0");
    }
    return data;
  }

  private static InputException refused(String spec, String why) {
    return new InputException(
        "data '" + spec + "': " + why + "; expected one of " + String.join(", ", forms()));
  }

  /** How a kind is written, and opened from what follows the colon. */
  private record Kind(String form, Opener opener) {
    String name() {
      return form.replaceFirst(":.*", "");
    }

    boolean hasPlace() {
      return form.contains(":");
    }
  }

  private interface Opener {
    ImageDataset open(String where, DataConfig config, ImageShape model);
  }
}
