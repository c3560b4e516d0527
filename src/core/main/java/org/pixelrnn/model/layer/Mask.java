package org.pixelrnn.model.layer;

/**
 * The two masks of section 3.4. Feature maps are split into C equal channel groups, one for each
 * channel of the image. A mask says which groups of the input each group of the output sees at the
 * centre tap. With the channels R, G and B, where 1 is visible and 0 is masked:
 *
 * <pre>
 *            mask A                  mask B                the taps of a 3×3 kernel
 *            input                   input
 *   output   R  G  B        output   R  G  B                1  1  1
 *     R      0  0  0          R      1  0  0                1  c  0     c: the centre tap
 *     G      1  0  0          G      1  1  0                0  0  0
 *     B      1  1  0          B      1  1  1
 * </pre>
 *
 * <p>All groups are visible at the taps above the centre row, and left of the centre in its row. No
 * group is visible at the other taps, which hold later pixels.
 */
public enum Mask {
  /** Group g sees groups &lt; g. For the first layer, whose input is the image itself. */
  A,
  /** Group g sees groups ≤ g. For all other layers: their input at a pixel is behind a mask A. */
  B;

  /** The number of groups of the input, from the first, that a group of the output sees. */
  int visibleGroups(int group) {
    return this == A ? group : group + 1;
  }

  /**
   * The channel group of a feature. Features lie in equal sections, and each section has all groups
   * in order.
   *
   * @param feature from 0
   * @param features the number of features of the map
   * @param channels the number of groups
   * @param sections the number of sections, 4 for the gates of an LSTM and otherwise 1
   */
  static int groupOf(int feature, int features, int channels, int sections) {
    int section = features / sections;
    return feature % section / (section / channels);
  }
}
