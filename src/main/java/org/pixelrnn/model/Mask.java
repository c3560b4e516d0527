package org.pixelrnn.model;

/**
 * The two masks of section 3.4, over channel groups: feature maps are split into C equal groups,
 * one a channel, and at the centre tap group g of the output sees the input's groups &lt; g (A) or
 * ≤ g (B). Taps below the centre, and right of it in its row, are always hidden.
 */
public enum Mask {
  /** For the first layer only, whose input is the image itself. */
  A,
  /** For every other layer, whose input at a pixel has already been shifted by mask A. */
  B;

  /** How many groups of the input group {@code group} of the output sees at the centre. */
  public int groupsSeen(int group) {
    return this == A ? group : group + 1;
  }

  /** The channel group that output feature {@code o} belongs to. */
  static int groupOf(int o, int out, int channels, int sections) {
    int section = out / sections;
    return o % section / (section / channels);
  }
}
