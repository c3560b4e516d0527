package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {

  /** A grey image stored as grey: a sample is a function of (row, column). */
  private static BufferedImage grey(int height, int width, IntBinaryOperator value) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        image.getRaster().setSample(c, r, 0, value.applyAsInt(r, c));
      }
    }
    return image;
  }

  private static BufferedImage one(int type, int argb) {
    BufferedImage image = new BufferedImage(1, 1, type);
    image.setRGB(0, 0, argb);
    return image;
  }

  private static int[] values(BufferedImage image, int height, int width, int channels) {
    byte[] values = Picture.of(image).values(new ImageShape(height, width, channels, 256));
    int[] unsigned = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      unsigned[i] = Byte.toUnsignedInt(values[i]);
    }
    return unsigned;
  }

  @Test
  void storedGreyIsNotBrightened() {
    int[] values = values(grey(16, 16, (r, c) -> 16 * r + c), 16, 16, 1);
    for (int i = 0; i < 256; i++) {
      assertEquals(i, values[i]);
    }
    assertArrayEquals(new int[] {77, 77, 77}, values(grey(1, 1, (r, c) -> 77), 1, 1, 3));
  }

  @Test
  void sixteenBitGreyKeepsItsUpperBits() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 200 * 257);
    assertArrayEquals(new int[] {200}, values(image, 1, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_INT_ARGB_PRE
      })
  void coloursOfEveryLayout(int type) {
    assertArrayEquals(new int[] {200, 100, 50}, values(one(type, 0xFFC86432), 1, 1, 3));
    // 0.299 · 200 + 0.587 · 100 + 0.114 · 50
    assertArrayEquals(new int[] {124}, values(one(type, 0xFFC86432), 1, 1, 1));
  }

  @Test
  void blackAndWhiteOfOneBit() {
    BufferedImage image = one(BufferedImage.TYPE_BYTE_BINARY, 0xFFFFFFFF);
    assertArrayEquals(new int[] {255}, values(image, 1, 1, 1));
  }

  @Test
  void transparentPixelsAreLaidOnWhite() {
    assertArrayEquals(
        new int[] {255, 255, 255}, values(one(BufferedImage.TYPE_INT_ARGB, 0), 1, 1, 3));
    assertArrayEquals(
        new int[] {127, 127, 127}, values(one(BufferedImage.TYPE_INT_ARGB, 0x80000000), 1, 1, 3));
  }

  @ParameterizedTest
  @CsvSource({"28,28", "1,1", "64,64", "100,37", "5,300"})
  void aFlatPictureStaysFlatAtEverySize(int height, int width) {
    for (int value : values(grey(50, 60, (r, c) -> 123), height, width, 1)) {
      assertEquals(123, value);
    }
  }

  @Test
  void aRampStaysARampWhereverItIsSampled() {
    // value = 4 c + 2 at column c, in the units of the large picture's columns.
    int[] values = values(grey(60, 60, (r, c) -> 4 * c + 2), 15, 15, 1);
    for (int c = 2; c < 13; c++) {
      assertEquals(4 * (4 * c + 1.5) + 2, values[7 * 15 + c], 1, "column " + c);
    }
    int[] enlarged = values(grey(15, 15, (r, c) -> 16 * c + 8), 60, 60, 1);
    for (int r = 8; r < 52; r++) {
      assertEquals(16 * ((r + 0.5) / 4 - 0.5) + 8, enlarged[30 * 60 + r], 1, "column " + r);
    }
  }

  @Test
  void fineStripesBecomeGreyInsteadOfAliasing() {
    int[] values = values(grey(120, 120, (r, c) -> c % 2 * 255), 28, 28, 1);
    for (int value : values) {
      assertEquals(127.5, value, 12);
    }
  }

  @Test
  void rowsAndColumnsAreNotMixedUp() {
    int[] values = values(grey(40, 80, (r, c) -> r < 20 ? 255 : 0), 10, 20, 1);
    assertTrue(values[3 * 20 + 15] > 250);
    assertTrue(values[7 * 20 + 2] < 5);
  }

  @Test
  void anotherAspectIsCutAroundTheCentre() {
    BufferedImage wide = grey(10, 30, (r, c) -> c < 10 ? 10 : c < 20 ? 100 : 200);
    for (int value : values(wide, 10, 10, 1)) {
      assertEquals(100, value);
    }
    BufferedImage high = grey(30, 10, (r, c) -> r < 10 ? 10 : r < 20 ? 100 : 200);
    for (int value : values(high, 10, 10, 1)) {
      assertEquals(100, value);
    }
  }

  @Test
  void aBoxIsCutWhereItIsAsked() {
    Picture picture = Picture.of(grey(10, 10, (r, c) -> 10 * r + c)).cut(3, 5, 2, 2);
    assertArrayEquals(new byte[] {35, 36, 45, 46}, picture.values(new ImageShape(2, 2, 1, 256)));
  }

  @Test
  void otherNumbersOfChannelsAreRefused() {
    assertEquals(
        "a picture is grey (1 channel) or red, green, blue (3); the model has 2",
        assertThrows(InputException.class, () -> values(grey(1, 1, (r, c) -> 0), 1, 1, 2))
            .getMessage());
  }
}
