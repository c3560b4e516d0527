package org.pixelrnn.data;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.records.PathText;

/** The folder of a data set's files: finds it, and says what is wrong with it. */
final class DataFolder {
  private DataFolder() {}

  /**
   * The folder with this path. The result is absolute, so that messages say where a relative path
   * was looked for.
   *
   * @param kind the kind of data, for messages
   * @throws InputException if there is no such folder
   */
  static Path find(String kind, String path) {
    Path folder;
    try {
      folder = PathText.path(path).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new InputException(kind + " folder " + path + ": not a path: " + e.getReason(), e);
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

  /** Why a folder and its subfolders cannot be listed. Names the file that is the reason. */
  static String reason(IOException e) {
    String why = InputException.reason(e);
    return e instanceof FileSystemException at && at.getFile() != null
        ? at.getFile() + ": " + why
        : why;
  }

  /**
   * The number of training images that are set aside for validation. They are the last ones.
   *
   * @param images the number of training images
   * @param place where they are, for messages
   * @throws InputException if none would be left to train on
   */
  static int validationSize(DataConfig config, int images, Path place) {
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
