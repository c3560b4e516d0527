package org.pixelrnn.data;

/** A part of a data set. */
public enum Split {
  TRAIN(0),
  VALIDATION(1),
  TEST(2);

  private final long key;

  Split(long key) {
    this.key = key;
  }

  /** The split's part in the key of random numbers. It never changes: images depend on it. */
  long key() {
    return key;
  }
}
