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

  /**
   * The centre tap, {@code [in][out]} of 0 and 1.
   *
   * @param in input features, in {@code channels} equal consecutive groups
   * @param out output features: {@code sections} times {@code channels} equal groups, so that the
   *     four gates of an LSTM can each be grouped
   */
  float[][] centre(int in, int out, int channels, int sections) {
    float[][] mask = new float[in][out];
    for (int o = 0; o < out; o++) {
      int seen = groupsSeen(groupOf(o, out, channels, sections)) * (in / channels);
      for (int i = 0; i < seen; i++) {
        mask[i][o] = 1;
      }
    }
    return mask;
  }

  /** The channel group that output feature {@code o} belongs to. */
  static int groupOf(int o, int out, int channels, int sections) {
    int section = out / sections;
    return o % section / (section / channels);
  }
}
