package org.pixelrnn.data;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/** Opens data sets by their names: {@code strokes}, {@code mnist:DIR}, {@code folder:DIR}, ... */
public final class Datasets {

  /** One line for each kind. To add a kind, add its line and the class that it names. */
  private static final ImmutableList<Kind> KINDS =
      ImmutableList.of(
          new Kind("strokes", (where, config, model) -> Strokes.grey(model)),
          new Kind("strokes-rgb", (where, config, model) -> Strokes.colour(model)),
          new Kind("mnist:DIR", (where, config, model) -> Mnist.open(where, config)),
          new Kind("cifar10:DIR", (where, config, model) -> Cifar10.open(where, config)),
          new Kind("folder:DIR", PictureFolder::open),
          new Kind("tfrecord:GLOB", TfRecordPictures::open));

  private Datasets() {}

  /** The form of each kind's name, for instance {@code mnist:DIR}. */
  private static ImmutableList<String> forms() {
    return KINDS.stream().map(Kind::form).collect(ImmutableList.toImmutableList());
  }

  /**
   * Opens a data set.
   *
   * @param spec the kind and, after a colon, where its files are: {@code strokes} or {@code
   *     mnist:DIR} for instance
   * @param model the shape of the model's images; pictures of any size are cropped and scaled to
   *     its height, width and channels, while data sets of one size keep their own
   * @throws InputException if there is no such kind, or if its files are missing or broken
   * @throws CannotCropException if {@code data.random_crop} is set for a data set of one size
   */
  public static ImageDataset open(String spec, DataConfig config, ImageShape model) {
    List<String> parts = Splitter.on(':').limit(2).splitToList(spec);
    Kind kind =
        KINDS.stream()
            .filter(k -> k.name().equals(parts.get(0)))
            .findFirst()
            .orElseThrow(() -> refused(spec, "'" + parts.get(0) + "' is not a kind of data"));
    String where = parts.size() == 2 ? parts.get(1) : "";
    if (kind.hasFiles() && where.isEmpty()) {
      throw refused(spec, "it does not say where the files are");
    }
    if (!kind.hasFiles() && parts.size() == 2) {
      throw refused(spec, "'" + kind.form() + "' has no files, so nothing may follow it");
    }
    ImageDataset data = kind.opener().open(where, config, model);
    if (config.getRandomCrop() > 0 && !(data instanceof PictureDataset)) {
      throw new CannotCropException(
          "data.random_crop = "
              + config.getRandomCrop()
              + ", but the images of "
              + spec
              + " all have one size and cannot be cropped; expected 0");
    }
    return data;
  }

  private static InputException refused(String spec, String why) {
    return new InputException(
        "data '" + spec + "': " + why + "; expected one of " + String.join(", ", forms()));
  }

  /** The form of a kind's name, and how to open it with what follows the colon. */
  private record Kind(String form, Opener opener) {
    String name() {
      return form.replaceFirst(":.*", "");
    }

    boolean hasFiles() {
      return form.contains(":");
    }
  }

  private interface Opener {
    ImageDataset open(String where, DataConfig config, ImageShape model);
  }
}
