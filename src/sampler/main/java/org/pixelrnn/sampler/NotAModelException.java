package org.pixelrnn.sampler;

import org.pixelrnn.image.InputException;

/** A folder was expected to hold an exported model of this library, and does not. */
public final class NotAModelException extends InputException {

  /** Makes an exception whose message names the folder and says what was found in it. */
  public NotAModelException(String message) {
    super(message);
  }

  /** Makes an exception with such a message and the exception that led to it. */
  public NotAModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
