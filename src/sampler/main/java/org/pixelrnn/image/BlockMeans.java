package org.pixelrnn.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The exact means of square blocks of pixels. Blocks at the lower and at the right edge may have
 * fewer pixels than the others.
 *
 * <p>Eight bytes of a row are added at once: a long holds four sums of two bytes each,
 *
 * <pre>
 *   bytes          b0 b1 b2 b3 b4 b5 b6 b7
 *   even sums       [ b0] [ b2] [ b4] [ b6]
 *   odd sums        [ b1] [ b3] [ b5] [ b7]
 * </pre>
 */
final class BlockMeans {
  /** The largest block: its rows of bytes add up to less than two bytes hold. */
  static final int MOST = 64;

  private static final long EVEN = 0x00ff00ff00ff00ffL;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private BlockMeans() {}

  /** Rows of unsigned bytes, {@code [width, channels]}, one after another from the first. */
  interface ByteRows {
    /** Copies the next row to the start of an array. */
    void next(byte[] into);
  }

  /**
   * Takes the means of all blocks.
   *
   * @param block the height and width of a block, at most {@value #MOST}
   * @return {@code [ceil(height / block), ceil(width / block), channels]}
   */
  static float[] of(int height, int width, int channels, int block, ByteRows rows) {
    int blocksAcross = (width - 1) / block + 1;
    float[] means = new float[((height - 1) / block + 1) * blocksAcross * channels];
    byte[] row = new byte[(width * channels + 7) / 8 * 8];
    long[] sums = new long[row.length / 4];
    int at = 0;
    for (int top = 0; top < height; top += block) {
      int down = Math.min(block, height - top);
      Arrays.fill(sums, 0);
      for (int r = 0; r < down; r++) {
        rows.next(row);
        for (int i = 0; i < row.length; i += 8) {
          long eight = (long) LONGS.get(row, i);
          sums[i / 4] += eight & EVEN;
          sums[i / 4 + 1] += eight >>> 8 & EVEN;
        }
      }
      for (int left = 0; left < width; left += block) {
        int right = Math.min(width, left + block);
        float pixels = down * (right - left);
        for (int channel = 0; channel < channels; channel++) {
          int sum = 0;
          for (int i = left * channels + channel; i < right * channels; i += channels) {
            sum += (int) (sums[i / 8 * 2 + i % 2] >>> (i % 8 / 2 * 16)) & 0xffff;
          }
          means[at++] = sum / pixels;
        }
      }
    }
    return means;
  }

  /** Makes a picture of the means, and turns it upright. */
  static Picture upright(
      float[] means, PictureSide rows, PictureSide columns, int channels, Orientation orientation) {
    float[] shown = orientation.upright(means, rows.samples(), columns.samples(), channels);
    PictureSide down = orientation.rows(rows);
    PictureSide right = orientation.columns(columns);
    return orientation.transposes()
        ? Picture.of(right, down, channels, shown)
        : Picture.of(down, right, channels, shown);
  }
}
