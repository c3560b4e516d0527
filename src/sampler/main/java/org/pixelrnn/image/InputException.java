package org.pixelrnn.image;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that the caller gave cannot be used: a file, a folder, a field or a number. The message
 * is one line. It says what is wrong, where, and what was expected.
 */
public class InputException extends RuntimeException {
  /** Names of files and texts in them may contain anything. */
  private static final Pattern CONTROL = Pattern.compile("\\R|\\p{Cntrl}");

  private static final Pattern REASON = Pattern.compile("\\(([^()]*)\\)$");

  /** Makes an exception. Each line break or control character of the message becomes a "?". */
  public InputException(String message) {
    super(oneLine(message));
  }

  /** Makes an exception that another one led to. The message is changed to one line, too. */
  public InputException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return CONTROL.matcher(String.valueOf(message)).replaceAll("?");
  }

  /**
   * Says on one line why reading or writing failed, for instance {@code no such file}. The words do
   * not name the file again.
   */
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
    if (e instanceof NotDirectoryException) {
      return "not a folder";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    if (e instanceof FileSystemLoopException) {
      return "the link leads to a folder that contains it";
    }
    if (e instanceof FileSystemException fs && fs.getReason() != null) {
      return fs.getReason();
    }
    if (e instanceof FileNotFoundException) {
      return ofOlderClasses(e);
    }
    if (e instanceof CharacterCodingException) {
      return "not UTF-8 text";
    }
    if (e instanceof EOFException && e.getMessage() == null) {
      return "it ends too soon";
    }
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /**
   * The reason in a message of java.io's classes. They put it in brackets behind the file's name:
   * {@code photos/1.png (Permission denied)}.
   */
  private static String ofOlderClasses(IOException e) {
    String message = String.valueOf(e.getMessage());
    Matcher reason = REASON.matcher(message);
    if (!reason.find()) {
      return message;
    }
    return switch (reason.group(1)) {
      case "No such file or directory" -> "no such file";
      case "Permission denied" -> "permission denied";
      default -> reason.group(1);
    };
  }

  /**
   * Says why TensorFlow failed: the first line of its message, without the lines of detail and
   * without the name of the operation, which it adds in double brackets. If several processes
   * compute, a line before the first one names the process; it is left out.
   *
   * @param e one of TensorFlow's exceptions; not all of them are a {@link
   *     org.tensorflow.exceptions.TensorFlowException}
   */
  public static String reason(RuntimeException e) {
    String line =
        String.valueOf(e.getMessage())
            .lines()
            .filter(each -> !each.startsWith("From /job:"))
            .findFirst()
            .orElse("");
    return line.split(" *\\[\\[", 2)[0];
  }
}
