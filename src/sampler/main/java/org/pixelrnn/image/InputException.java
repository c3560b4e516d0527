package org.pixelrnn.image;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Something that the caller gave cannot be used: a file, a folder, a field or a number. The message
 * is one line. It says what is wrong, where, and what was expected.
 */
public class InputException extends RuntimeException {
  /** Makes an exception with a message of one line. */
  public InputException(String message) {
    super(message);
  }

  /** Makes an exception with a message of one line and the exception that led to it. */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Says in a few words why reading or writing failed, for instance {@code no such file}. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + " is not a folder";
    }
    return e instanceof FileSystemException fs && fs.getReason() != null
        ? fs.getReason()
        : String.valueOf(e.getMessage());
  }

  /** Says why TensorFlow failed: the first line of its message, without the lines of detail. */
  public static String reason(TensorFlowException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
