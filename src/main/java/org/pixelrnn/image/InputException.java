package org.pixelrnn.image;

/**
 * What a person gave (a file, a field, an option) cannot be used; the message is one line that says
 * what was wrong, where, and what to do. The command line prints it and exits with status 2.
 */
public final class InputException extends RuntimeException {
  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
