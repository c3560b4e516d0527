package org.pixelrnn.data;

import org.pixelrnn.image.InputException;

/** Random crops are asked for, but all images of the data set have one size. */
public final class CannotCropException extends InputException {
  CannotCropException(String message) {
    super(message);
  }
}
