package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/** The bits of each pixel under the tiny models. */
class PixelBitsTest {
  @AutoClose private static final TinyModels MODELS = new TinyModels();

  /** More images than one batch has. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void sumToTheLikelihood(String name) {
    Sampler sampler = MODELS.of(name);
    assertTrue(sampler.isExact());
    int pixels = sampler.shape().pixels();
    Images images = random(sampler.shape(), 205);
    float[] bits = sampler.pixelBits(images);
    float[] logProb = sampler.logProb(images);
    assertEquals(205 * pixels, bits.length);
    for (int i = 0; i < images.count(); i++) {
      double sum = 0;
      for (int pixel = 0; pixel < pixels; pixel++) {
        float ofPixel = bits[i * pixels + pixel];
        assertTrue(ofPixel >= 0, ofPixel + " bits");
        sum += ofPixel;
      }
      double expected = -logProb[i] / Math.log(2);
      assertEquals(expected, sum, 1e-5 * expected, "image " + i);
    }
  }

  /** The definition, from the logits themselves. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void areSummedOverTheChannelsOfAPixel(String name) {
    Sampler sampler = MODELS.of(name);
    ImageShape shape = sampler.shape();
    Images images = random(shape, 3);
    float[] logits = sampler.logits(images);
    float[] bits = sampler.pixelBits(images);
    for (int pixel = 0; pixel < bits.length; pixel++) {
      double expected = 0;
      for (int i = pixel * shape.channels(); i < (pixel + 1) * shape.channels(); i++) {
        double sum = 0;
        for (int level = 0; level < shape.levels(); level++) {
          sum += Math.exp(logits[i * shape.levels() + level]);
        }
        int level = Byte.toUnsignedInt(images.levels()[i]);
        expected += (Math.log(sum) - logits[i * shape.levels() + level]) / Math.log(2);
      }
      assertEquals(expected, bits[pixel], 1e-4, "pixel " + pixel);
    }
  }

  /** The small network sees no other pixel, so no other pixel changes these bits. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#multiScale")
  void ofThePixelsOfTheSmallImageAreThoseOfTheSmallNetwork(String name) {
    Sampler sampler = MODELS.of(name);
    ImageShape shape = sampler.shape();
    int factor = shape.height() / sampler.small().orElseThrow().shape().height();
    Images images = random(shape, 1);
    byte[] levels = images.levels().clone();
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      if (!isOfSmallImage(shape, factor, pixel)) {
        int at = pixel * shape.channels();
        levels[at] = (byte) ((levels[at] + 1) % shape.levels());
      }
    }
    float[] before = sampler.pixelBits(images);
    float[] after = sampler.pixelBits(Images.of(shape, levels));
    int ofSmall = 0;
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      if (isOfSmallImage(shape, factor, pixel)) {
        ofSmall++;
        assertEquals(before[pixel], after[pixel], 1e-6f, "pixel " + pixel);
      } else {
        assertNotEquals(before[pixel], after[pixel], "pixel " + pixel);
      }
    }
    assertEquals(shape.pixels() / (factor * factor), ofSmall);
  }

  private static boolean isOfSmallImage(ImageShape shape, int factor, int pixel) {
    return pixel / shape.width() % factor == 0 && pixel % shape.width() % factor == 0;
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void ofNoImagesAreNone(String name) {
    Sampler sampler = MODELS.of(name);
    assertArrayEquals(new float[0], sampler.pixelBits(random(sampler.shape(), 0)));
    ImageShape shape = sampler.shape();
    ImageShape wider =
        new ImageShape(shape.height(), shape.width() + 1, shape.channels(), shape.levels());
    assertThrows(InputException.class, () -> sampler.pixelBits(random(wider, 1)));
    assertFalse(Arrays.equals(sampler.pixelBits(random(shape, 2)), new float[2 * shape.pixels()]));
  }

  private static Images random(ImageShape shape, int count) {
    byte[] levels = new byte[count * shape.dimensions()];
    Random random = new Random(1);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }
}
