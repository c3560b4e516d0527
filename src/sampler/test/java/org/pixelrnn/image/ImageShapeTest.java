package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every size of an image is an int, or there is no such shape. */
class ImageShapeTest {
  @ParameterizedTest
  @CsvSource({
    "46341, 46341, 1, 2",
    "65536, 65536, 1, 2",
    "2147483647, 2147483647, 3, 256",
    "1, 1073741824, 1, 2",
    "1024, 1024, 8, 256",
    "1, 1, 8388608, 256"
  })
  void aShapeOfTooManyLogitsIsRefused(int height, int width, int channels, int levels) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> new ImageShape(height, width, channels, levels));
    assertEquals(
        height
            + "×"
            + width
            + "×"
            + channels
            + " sub-pixels of "
            + levels
            + " levels, but height · width · channels · levels must be at most 2147483647",
        refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"1, 1073741823, 1, 2", "1024, 1024, 7, 256", "32768, 32767, 1, 2"})
  void theLargestShapesHaveExactSizes(int height, int width, int channels, int levels) {
    ImageShape shape = new ImageShape(height, width, channels, levels);
    assertEquals((long) height * width, shape.pixels());
    assertEquals((long) height * width * channels, shape.dimensions());
    assertEquals((long) height * width * channels * levels, shape.logits());
  }

  @Test
  void enlargingAndSlicingNeverOverflow() {
    Images images = Images.of(new ImageShape(4, 4, 1, 2), new byte[32]);
    // 4 · 2^30 is 0 as an int.
    assertThrows(ArithmeticException.class, () -> images.enlarged(1 << 30));
    assertThrows(IllegalArgumentException.class, () -> images.enlarged(1 << 14));
    assertThrows(IndexOutOfBoundsException.class, () -> images.slice(0, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> images.slice(1 << 28, 1 << 28));
  }
}
