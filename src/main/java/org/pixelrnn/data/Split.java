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

  /**
   * The split as a part of the key of random numbers; never to change, for pictures depend on it.
   */
  long key() {
    return key;
  }
}
