package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;

class StrokesTest {
  private static final ImageShape SQUARE = new ImageShape(28, 28, 1, 256);

  private static byte[] read(ImageDataset data, Split split, long epoch, int index) {
    byte[] picture = new byte[data.shape().dimensions()];
    data.read(split, epoch, index, picture);
    return picture;
  }

  private static double mean(byte[] picture) {
    return IntStream.range(0, picture.length)
        .map(i -> Byte.toUnsignedInt(picture[i]))
        .average()
        .orElseThrow();
  }

  @Test
  void haveTheModelsSideIfItIsSquare() {
    assertEquals(new ImageShape(28, 28, 1, 256), Strokes.grey(SQUARE).shape());
    assertEquals(new ImageShape(28, 28, 3, 256), Strokes.colour(SQUARE).shape());
    assertEquals(
        new ImageShape(32, 32, 3, 256), Strokes.colour(new ImageShape(32, 32, 3, 4)).shape());
    assertEquals(
        new ImageShape(28, 28, 1, 256), Strokes.grey(new ImageShape(28, 27, 1, 2)).shape());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void areTheSameInEveryInstanceAndThread(boolean colour) {
    ImageDataset one = colour ? Strokes.colour(SQUARE) : Strokes.grey(SQUARE);
    ImageDataset other = colour ? Strokes.colour(SQUARE) : Strokes.grey(SQUARE);
    byte[][] expected = new byte[400][];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = read(one, Split.TRAIN, 3, i);
    }
    IntStream.range(0, expected.length)
        .parallel()
        .forEach(i -> assertArrayEquals(expected[i], read(other, Split.TRAIN, 3, i)));
    assertEquals(one.digest(), other.digest());
  }

  @Test
  void noPictureAppearsTwiceInAnySplitOrEpoch() {
    ImageDataset data = Strokes.grey(SQUARE);
    Set<ByteBuffer> seen = new HashSet<>();
    int read = 0;
    for (int i = 0; i < 1000; i++) {
      for (Split split : Split.values()) {
        seen.add(ByteBuffer.wrap(read(data, split, 0, i)));
        read++;
      }
      seen.add(ByteBuffer.wrap(read(data, Split.TRAIN, 1, i)));
      read++;
    }
    assertEquals(read, seen.size());
  }

  @ParameterizedTest
  @EnumSource(
      value = Split.class,
      names = {"VALIDATION", "TEST"})
  void onlyTrainingIsEndless(Split split) {
    ImageDataset data = Strokes.grey(SQUARE);
    assertArrayEquals(read(data, split, 0, 5), read(data, split, 1, 5));
    assertFalse(Arrays.equals(read(data, Split.TRAIN, 0, 5), read(data, Split.TRAIN, 1, 5)));
  }

  @ParameterizedTest
  @EnumSource(Split.class)
  void anIndexOutsideTheSplitIsRefused(Split split) {
    ImageDataset data = Strokes.grey(SQUARE);
    int size = data.size(split);
    read(data, split, 0, size - 1);
    assertThrows(IndexOutOfBoundsException.class, () -> read(data, split, 0, size));
    assertThrows(IndexOutOfBoundsException.class, () -> read(data, split, 0, -1));
  }

  @Test
  void everyPictureHasInkAndAMargin() {
    ImageDataset data = Strokes.grey(SQUARE);
    for (int i = 0; i < 1000; i++) {
      byte[] picture = read(data, Split.VALIDATION, 0, i);
      double ink = mean(picture) / 255;
      assertTrue(ink > 0.02 && ink < 0.35, "picture " + i + ": the share of ink is " + ink);
      for (int edge = 0; edge < 28; edge++) {
        for (int at : new int[] {edge, 27 * 28 + edge, edge * 28, edge * 28 + 27}) {
          assertEquals(0, picture[at], "picture " + i + " touches its edge");
        }
      }
    }
  }

  @Test
  void edgesAreSmooth() {
    int soft = 0;
    int hard = 0;
    for (int i = 0; i < 100; i++) {
      for (byte value : read(Strokes.grey(SQUARE), Split.TEST, 0, i)) {
        soft += value != 0 && value != -1 ? 1 : 0;
        hard += value == -1 ? 1 : 0;
      }
    }
    assertTrue(soft > hard / 2 && hard > soft / 4, soft + " grey pixels, " + hard + " white");
  }

  @Test
  void theColouredDigitIsTheGreyOneAndHasContrast() {
    for (int i = 0; i < 200; i++) {
      byte[] ink = read(Strokes.grey(SQUARE), Split.TEST, 0, i);
      byte[] colours = read(Strokes.colour(SQUARE), Split.TEST, 0, i);
      double[] luma = new double[2];
      int[] pixels = new int[2];
      for (int p = 0; p < ink.length; p++) {
        if (ink[p] == 0 || ink[p] == -1) {
          int kind = ink[p] == 0 ? 0 : 1;
          luma[kind] +=
              0.299 * Byte.toUnsignedInt(colours[3 * p])
                  + 0.587 * Byte.toUnsignedInt(colours[3 * p + 1])
                  + 0.114 * Byte.toUnsignedInt(colours[3 * p + 2]);
          pixels[kind]++;
        }
      }
      if (pixels[1] > 0) {
        double contrast = Math.abs(luma[0] / pixels[0] - luma[1] / pixels[1]);
        assertTrue(contrast > 35, "picture " + i + ": contrast " + contrast);
      }
    }
  }

  @Test
  void colourAndGreyAreDifferentDataSets() {
    assertEquals("strokes", Strokes.grey(SQUARE).name());
    assertEquals("strokes-rgb", Strokes.colour(SQUARE).name());
    assertNotEquals(Strokes.grey(SQUARE).digest(), Strokes.colour(SQUARE).digest());
    assertTrue(Strokes.grey(SQUARE).digest().matches("[0-9a-f]{64}"));
  }

  @Test
  void everyDigitHasSeveralShapes() {
    for (int digit = 0; digit < 10; digit++) {
      assertTrue(Digits.glyphs(digit).size() >= 2, "shapes of " + digit);
    }
  }
}
