package org.pixelrnn.image;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Refuses the kinds of TIFF whose samples have no certain meaning as grey levels or colours: signed
 * integers, floating-point numbers and integers of 32 bits have no agreed white. Java's reader
 * mistakes CMYK, Lab and YCbCr that is not compressed for something else, and takes 12 bits for a
 * part of 16.
 */
final class TiffSamples {
  private static final int UNSIGNED = 1;
  private static final int UNDEFINED = 4;
  private static final List<Integer> BITS = List.of(1, 2, 4, 8, 16);
  private static final int PALETTE = 3;
  private static final int YCBCR = 6;
  private static final List<Integer> JPEG = List.of(6, 7);

  private TiffSamples() {}

  /**
   * Accepts every file that is not a TIFF.
   *
   * @throws InputException that names the file and the kind of samples
   */
  static void check(byte[] encoded, String where) {
    ByteBuffer file = ByteBuffer.wrap(encoded);
    if (!TiffDirectory.begins(file)) {
      return;
    }
    TiffDirectory fields = TiffDirectory.of(file);
    String kind = refused(fields);
    if (kind != null) {
      throw new InputException(
          "image "
              + where
              + ": a TIFF of "
              + kind
              + "; expected unsigned samples of 1, 2, 4, 8 or 16 bits, grey or RGB, with or"
              + " without alpha");
    }
  }

  private static String refused(TiffDirectory fields) {
    int bits = fields.first(TiffDirectory.BITS_PER_SAMPLE, 1);
    for (int format : fields.all(TiffDirectory.SAMPLE_FORMAT)) {
      if (format != UNSIGNED && format != UNDEFINED) {
        return bits + "-bit " + format(format);
      }
    }
    for (int other : fields.all(TiffDirectory.BITS_PER_SAMPLE)) {
      if (other != bits) {
        return "samples of different sizes";
      }
    }
    if (!BITS.contains(bits)) {
      return bits + "-bit integers";
    }
    int photometric = fields.first(TiffDirectory.PHOTOMETRIC, 1);
    boolean jpeg = JPEG.contains(fields.first(TiffDirectory.COMPRESSION, 1));
    if (photometric > PALETTE && !(photometric == YCBCR && jpeg)) {
      return colours(photometric);
    }
    int colours = photometric == 2 || photometric == YCBCR ? 3 : 1;
    List<Integer> extra = fields.all(TiffDirectory.EXTRA_SAMPLES);
    int samples = fields.first(TiffDirectory.SAMPLES_PER_PIXEL, colours);
    boolean alpha = samples == colours + 1 && extra.size() == 1 && extra.get(0) != 0;
    return samples == colours || alpha ? null : samples + " samples a pixel, which are not alpha";
  }

  private static String format(int format) {
    return switch (format) {
      case 2 -> "signed integers";
      case 3 -> "floating-point numbers";
      default -> "samples of format " + format;
    };
  }

  private static String colours(int photometric) {
    return switch (photometric) {
      case 5 -> "CMYK colours";
      case YCBCR -> "YCbCr colours without JPEG compression";
      case 8, 9, 10 -> "Lab colours";
      default -> "photometric interpretation " + photometric;
    };
  }
}
