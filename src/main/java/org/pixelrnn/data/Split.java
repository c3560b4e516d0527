package org.pixelrnn.data;

/** A part of a data set. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST
}
