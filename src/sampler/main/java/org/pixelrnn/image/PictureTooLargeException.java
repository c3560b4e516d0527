package org.pixelrnn.image;

/** So many images do not fit in one picture. The message says how many do. */
public final class PictureTooLargeException extends InputException {
  PictureTooLargeException(String message) {
    super(message);
  }
}
