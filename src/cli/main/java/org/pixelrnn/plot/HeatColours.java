package org.pixelrnn.plot;

/**
 * Colours from black over purple, red and orange to pale yellow. Equal steps look equal, and the
 * lightness alone tells the order: it rises all the way. These are the colours that matplotlib and
 * viridis call {@code inferno}.
 *
 * @param top the value of the last colour, and of all values above; 0 and less have the first
 */
record HeatColours(double top) {
  /** Ten colours at equal distances; between them the colour is interpolated. */
  private static final int[] INFERNO = {
    0x000004, 0x1b0c42, 0x4b0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9a06, 0xf7d03c,
    0xfcffa4
  };

  /** The colour of a value as {@code 0xRRGGBB}. */
  int rgb(double value) {
    double at = Math.max(0, Math.min(1, value / top)) * (INFERNO.length - 1);
    int before = Math.min((int) at, INFERNO.length - 2);
    double share = at - before;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = INFERNO[before] >> shift & 255;
      int to = INFERNO[before + 1] >> shift & 255;
      rgb |= (int) Math.round(from + share * (to - from)) << shift;
    }
    return rgb;
  }
}
