package org.pixelrnn.cli;

import java.util.Locale;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.Split;
import org.pixelrnn.image.InputException;

/** What {@code --data} takes. */
final class DataSpec {
  /** As the help says it. */
  static final String DESCRIPTION =
      "Images: strokes, strokes-rgb, mnist:DIR, cifar10:DIR, folder:DIR (PNG, JPEG, BMP, GIF, WebP)"
          + " or tfrecord:GLOB.";

  private DataSpec() {}

  /** The images themselves; throws {@link InputException} if there are none in their split. */
  static EvaluationImages required(EvaluationImages images, String data, Split split) {
    if (images.count() == 0) {
      throw new InputException(
          "data "
              + data
              + ": there are no images in its split "
              + split.name().toLowerCase(Locale.ROOT)
              + "; add some, or choose other data");
    }
    return images;
  }
}
