package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** TIFF files of two pixels: their grey levels and colours are right, or their kind is refused. */
class TiffSamplesTest {

  /** A kind of TIFF: what its fields say of a sample, and the bytes of two pixels. */
  private record Kind(int bits, int format, int photometric, int samples, int extra) {
    private static final int NO_EXTRA = -1;

    Kind(int bits, int format, int photometric, int samples) {
      this(bits, format, photometric, samples, NO_EXTRA);
    }

    byte[] file(int... pixels) {
      List<int[]> fields = new ArrayList<>();
      int[] depth = new int[1 + samples];
      int[] formats = new int[1 + samples];
      for (int i = 1; i <= samples; i++) {
        depth[i] = bits;
        formats[i] = format;
      }
      depth[0] = TiffDirectory.BITS_PER_SAMPLE;
      formats[0] = TiffDirectory.SAMPLE_FORMAT;
      fields.add(new int[] {256, 2}); // Width.
      fields.add(new int[] {257, 1}); // Height.
      fields.add(depth);
      fields.add(new int[] {TiffDirectory.COMPRESSION, 1});
      fields.add(new int[] {TiffDirectory.PHOTOMETRIC, photometric});
      int strip = fields.size();
      fields.add(new int[] {273, 0}); // Where the pixels are.
      fields.add(new int[] {TiffDirectory.SAMPLES_PER_PIXEL, samples});
      fields.add(new int[] {278, 1}); // Rows of a strip.
      fields.add(new int[] {279, pixels.length}); // Bytes of a strip.
      if (extra != NO_EXTRA) {
        fields.add(new int[] {TiffDirectory.EXTRA_SAMPLES, extra});
      }
      fields.add(formats);
      fields.get(strip)[1] = PictureBytes.tiff(ByteOrder.LITTLE_ENDIAN, fields).length;
      byte[] data = new byte[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        data[i] = (byte) pixels[i];
      }
      return PictureBytes.join(PictureBytes.tiff(ByteOrder.LITTLE_ENDIAN, fields), data);
    }
  }

  static Stream<Arguments> read() {
    return Stream.of(
        arguments("grey", new Kind(8, 1, 1, 1), new int[] {30, 200}, List.of(30, 200)),
        arguments("white is 0", new Kind(8, 1, 0, 1), new int[] {30, 200}, List.of(225, 55)),
        arguments("4 bits", new Kind(4, 1, 1, 1), new int[] {0x3c}, List.of(51, 204)),
        arguments("2 bits, white is 0", new Kind(2, 1, 0, 1), new int[] {0x10}, List.of(255, 170)),
        arguments("1 bit", new Kind(1, 1, 1, 1), new int[] {0x40}, List.of(0, 255)),
        arguments("16 bits", new Kind(16, 1, 1, 1), new int[] {30, 30, 200, 200}, List.of(30, 200)),
        arguments(
            "16 bits, white is 0",
            new Kind(16, 1, 0, 1),
            new int[] {30, 30, 200, 200},
            List.of(225, 55)),
        arguments("alpha", new Kind(8, 1, 1, 2, 2), new int[] {0, 51, 200, 255}, List.of(204, 200)),
        arguments(
            "grey that is multiplied by alpha",
            new Kind(8, 1, 1, 2, 1),
            new int[] {51, 51, 200, 255},
            List.of(255, 200)),
        arguments(
            "colours",
            new Kind(8, 1, 2, 3),
            new int[] {1, 2, 3, 201, 202, 203},
            List.of(1, 2, 3, 201, 202, 203)),
        arguments(
            "colours of 16 bits",
            new Kind(16, 1, 2, 3),
            new int[] {1, 1, 2, 2, 3, 3, 201, 201, 202, 202, 203, 203},
            List.of(1, 2, 3, 201, 202, 203)),
        arguments(
            "colours with alpha",
            new Kind(8, 1, 2, 4, 2),
            new int[] {1, 2, 3, 255, 201, 202, 203, 0},
            List.of(1, 2, 3, 255, 255, 255)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void read(String what, Kind kind, int[] pixels, List<Integer> expected) {
    Picture picture = Picture.of(ImageFile.decode(kind.file(pixels), "scan"));
    byte[] values = picture.values(new ImageShape(1, 2, expected.size() / 2, 256));
    byte[] bytes = new byte[expected.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = expected.get(i).byteValue();
    }
    assertArrayEquals(bytes, values);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments("32-bit floating-point numbers", new Kind(32, 3, 1, 1)),
        arguments("64-bit floating-point numbers", new Kind(64, 3, 1, 1)),
        arguments("16-bit floating-point numbers", new Kind(16, 3, 1, 1)),
        arguments("32-bit floating-point numbers", new Kind(32, 3, 2, 3)),
        arguments("32-bit integers", new Kind(32, 1, 1, 1)),
        arguments("32-bit integers", new Kind(32, 1, 2, 3)),
        arguments("6-bit integers", new Kind(6, 1, 1, 1)),
        arguments("10-bit integers", new Kind(10, 1, 0, 1)),
        arguments("12-bit integers", new Kind(12, 1, 1, 1)),
        arguments("12-bit integers", new Kind(12, 1, 2, 3)),
        arguments("14-bit integers", new Kind(14, 1, 1, 1)),
        arguments("32-bit signed integers", new Kind(32, 2, 1, 1)),
        arguments("16-bit signed integers", new Kind(16, 2, 1, 1)),
        arguments("8-bit signed integers", new Kind(8, 2, 1, 1)),
        arguments("CMYK colours", new Kind(8, 1, 5, 4)),
        arguments("Lab colours", new Kind(8, 1, 8, 3)),
        arguments("YCbCr colours without JPEG compression", new Kind(8, 1, 6, 3)),
        arguments("2 samples a pixel, which are not alpha", new Kind(8, 1, 1, 2, 0)),
        arguments("5 samples a pixel, which are not alpha", new Kind(8, 1, 2, 5, 2)));
  }

  @Test
  void samplesOfDifferentSizesAreRefused() {
    byte[] file = new Kind(8, 1, 2, 3).file(new int[6]);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 10; at < 10 + 12 * bytes.getShort(8); at += 12) {
      if (bytes.getShort(at) == TiffDirectory.BITS_PER_SAMPLE) {
        bytes.putShort(bytes.getInt(at + 8) + 2, (short) 4);
      }
    }
    String message =
        assertThrows(InputException.class, () -> ImageFile.decode(file, "scan")).getMessage();
    assertTrue(message.contains("a TIFF of samples of different sizes"), message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String name, Kind kind) {
    byte[] file = kind.file(new int[2 * kind.samples() * kind.bits() / 8]);
    assertEquals(
        "image scan: a TIFF of "
            + name
            + "; expected unsigned samples of 1, 2, 4, 8 or 16 bits, grey or RGB, with or without alpha",
        assertThrows(InputException.class, () -> ImageFile.decode(file, "scan")).getMessage());
  }
}
