package org.pixelrnn.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;

/** Where a data set's files are, and what sets in one folder have in common. */
final class DataFolder {
  private DataFolder() {}

  /**
   * The folder of this name.
   *
   * @param kind of data, for messages
   * @throws InputException if there is none
   */
  static Path of(String kind, String where) {
    Path folder;
    try {
      folder = Path.of(where);
    } catch (InvalidPathException e) {
      throw new InputException(kind + " folder " + where + ": no path: " + e.getReason(), e);
    }
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          kind
              + " folder "
              + folder
              + (Files.exists(folder) ? ": is a file, expected a folder" : ": no such folder"));
    }
    return folder;
  }

  /**
   * How many of the training images, the last ones, are for validation.
   *
   * @param place where they are, for messages
   * @throws InputException if none were left to train on
   */
  static int validation(DataConfig config, int images, Path place) {
    double share = config.getValidationShare();
    long validation = Math.round(share * images);
    if (!(validation >= 0 && validation < images)) {
      throw new InputException(
          "data.validation_share = "
              + share
              + " leaves none of the "
              + images
              + " training images of "
              + place
              + " to train on; expected a share in [0, 1)");
    }
    return (int) validation;
  }
}
