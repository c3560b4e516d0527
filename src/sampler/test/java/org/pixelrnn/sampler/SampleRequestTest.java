package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/** A request that cannot be answered is refused in one line that says what was expected. */
class SampleRequestTest {
  private static final ImageShape SHAPE = new ImageShape(3, 3, 1, 2);
  private static final Images TWO = Images.of(SHAPE, new byte[18]);

  @AutoClose private static final TinyModels MODELS = new TinyModels();

  @Test
  void aNegativeCountIsRefused() {
    assertRefused("count = -1; expected at least 0", () -> SampleRequest.of(-1, 1));
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, -Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY})
  void aTemperatureBelowZeroOrWithoutEndIsRefused(float temperature) {
    SampleRequest request = SampleRequest.of(1, 1);
    assertRefused(
        "temperature = " + temperature + "; expected a finite number of at least 0",
        () -> request.withTemperature(temperature));
  }

  @Test
  void knownPixelsAreThoseOfAllImagesOrOfOne() {
    boolean[] ofOne = new boolean[9];
    ofOne[4] = true;
    boolean[] ofBoth = new boolean[18];
    ofBoth[4] = true;
    ofBoth[13] = true;
    SampleRequest request = SampleRequest.completing(TWO, ofOne, 1);
    assertArrayEquals(ofBoth, request.known().orElseThrow().mask());
    assertEquals(2, request.count());
    assertEquals(SampleRequest.completing(TWO, ofBoth, 1), request);
    assertNotEquals(SampleRequest.completing(TWO, new boolean[9], 1), request);
    assertRefused(
        "known has 5 pixels; expected those of one image or of 2, each 3×3×1 of 2 levels",
        () -> SampleRequest.completing(TWO, new boolean[5], 1));
  }

  @Test
  void countImagesAndKnownPixelsBelongTogether() {
    Optional<KnownPixels> known = Optional.of(KnownPixels.of(TWO, new boolean[9]));
    assertThrows(
        IllegalArgumentException.class, () -> new SampleRequest(3, known, Optional.empty(), 1, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SampleRequest(3, Optional.empty(), Optional.of(TWO), 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new SampleRequest(2, known, Optional.of(TWO), 1, 1));
  }

  @Test
  void aModelRefusesWhatItCannotAnswer() {
    Sampler sampler = MODELS.of("pixelcnn");
    assertRefusedBy(
        sampler, "count = 238609295; expected 0 to 238609294", SampleRequest.of(238609295, 1));
    Images other = Images.of(new ImageShape(3, 4, 1, 2), new byte[12]);
    assertRefusedBy(
        sampler,
        "images are 3×4×1 of 2 levels; expected 3×3×1 of 2 levels",
        SampleRequest.completing(other, new boolean[12], 1));
    assertRefusedBy(
        sampler,
        "small images for a model of 3×3×1 of 2 levels; expected a multi-scale model",
        SampleRequest.upscaling(TWO, 1));
    assertRefusedBy(
        MODELS.of("multi-scale"),
        "small images are 3×3×1 of 2 levels; expected 2×2×1 of 2 levels",
        SampleRequest.upscaling(TWO, 1));
    assertRefused(
        "images are 3×4×1 of 2 levels; expected 3×3×1 of 2 levels", () -> sampler.logProb(other));
  }

  @Test
  void theShortFormsRefuseTheSame() {
    Sampler sampler = MODELS.of("multi-scale");
    SmallImages small = sampler.small().orElseThrow();
    assertRefused("count = -1; expected at least 0", () -> sampler.sample(-1, 1, 1));
    assertRefused("count = -1; expected at least 0", () -> small.sample(-1, 1, 1));
    String temperature = "temperature = -1.0; expected a finite number of at least 0";
    assertRefused(temperature, () -> sampler.sample(1, 1, -1));
    assertRefused(temperature, () -> sampler.sample(1, 1, -1, (row, levels) -> {}));
    assertRefused(temperature, () -> small.sample(1, 1, -1));
    String shape = "small images are 3×3×1 of 2 levels; expected 2×2×1 of 2 levels";
    assertRefused(shape, () -> small.upscale(TWO, 1, 1));
    assertRefused(shape, () -> small.upscale(TWO, 1, 1, (row, levels) -> {}));
    assertRefused("images are 3×3×1 of 2 levels; expected 4×4×1 of 2 levels", () -> small.of(TWO));
  }

  private static void assertRefusedBy(Sampler sampler, String message, SampleRequest request) {
    assertRefused(message, () -> sampler.sample(request));
    assertRefused(message, () -> sampler.rows(request));
  }

  private static void assertRefused(String message, Executable action) {
    assertEquals(message, assertThrows(InputException.class, action).getMessage());
  }
}
