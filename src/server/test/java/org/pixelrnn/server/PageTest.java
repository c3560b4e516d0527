package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.Levels;
import org.pixelrnn.sampler.Sampler;

/**
 * The page in a real browser: what a user does by mouse and keyboard, and the pixels that appear.
 */
@Tag("slow")
class PageTest {
  private static final Path DIGITS = Path.of("savedmodels/mnist-pixelcnn");

  private static Browser browser;
  private static ServerCalls server;
  private static Sampler sampler;
  private static ImageShape shape;

  @BeforeAll
  static void start() {
    Optional<Browser> started = Browser.start();
    assumeTrue(started.isPresent(), "chromium or chromedriver is not installed");
    browser = started.orElseThrow();
    server =
        ServerCalls.start(
            ModelServer.builder()
                .model("mnist-pixelcnn", DIGITS)
                .model("tiny", ServerCalls.folder("multi-scale-colour")));
    sampler = Sampler.open(DIGITS);
    shape = sampler.shape();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
      server.close();
      sampler.close();
    }
  }

  @BeforeEach
  void open() {
    browser.openDigits(server, 1000, false);
  }

  /** The colours of image {@code i} on the page. */
  private static int[] colours(Images images, int i) {
    ImageShape shape = images.shape();
    int[] colours = new int[shape.pixels()];
    for (int pixel = 0; pixel < colours.length; pixel++) {
      int at = i * shape.dimensions() + pixel * shape.channels();
      colours[pixel] = Levels.of(shape).rgb(images.levels(), at, shape.channels());
    }
    return colours;
  }

  private static void assertShown(Images expected, String tiles) {
    List<WebElement> canvases = browser.all("#" + tiles + " canvas");
    assertEquals(expected.count(), canvases.size());
    for (int i = 0; i < expected.count(); i++) {
      assertArrayEquals(colours(expected, i), browser.pixels(canvases.get(i)), "image " + i);
    }
  }

  /** Samples two images from seed 7, and makes the second one the picture. */
  private static Images sampleTwo() {
    browser.fill("count", "2");
    browser.fill("seed", "7");
    browser.fill("temperature", "0.8");
    browser.click("sample");
    browser.awaitText("sample-status", "Done: 2 images from seed 7.");
    browser.all("#sample-tiles button").get(1).click();
    browser.click("restore-all");
    return sampler.sample(2, 7, 0.8f);
  }

  /** Checks that the page shows two completions of an image. */
  private static void assertCompleted(Images image, boolean[] known) {
    browser.awaitText("complete-status", "Done: 2 images from seed 7.");
    byte[] twice = Arrays.copyOf(image.levels(), 2 * shape.dimensions());
    System.arraycopy(image.levels(), 0, twice, shape.dimensions(), shape.dimensions());
    boolean[] bothKnown = Arrays.copyOf(known, 2 * shape.pixels());
    System.arraycopy(known, 0, bothKnown, shape.pixels(), shape.pixels());
    Images completed = sampler.complete(Images.of(shape, twice), bothKnown, 7, 0.8f);
    assertShown(completed, "complete-tiles");
    int[] before = colours(image, 0);
    int[] picture = browser.pixels(browser.find("picture"));
    for (int pixel = 0; pixel < before.length; pixel++) {
      assertEquals(known[pixel], before[pixel] == picture[pixel], "painted pixel " + pixel);
    }
    for (WebElement canvas : browser.all("#complete-tiles canvas")) {
      int[] after = browser.pixels(canvas);
      for (int pixel = 0; pixel < before.length; pixel++) {
        assertTrue(!known[pixel] || before[pixel] == after[pixel], "pixel " + pixel);
      }
    }
  }

  private static boolean[] knownOutside(int top, int left, int height, int width) {
    boolean[] known = new boolean[shape.pixels()];
    for (int pixel = 0; pixel < known.length; pixel++) {
      int row = pixel / shape.width() - top;
      int column = pixel % shape.width() - left;
      known[pixel] = row < 0 || row >= height || column < 0 || column >= width;
    }
    return known;
  }

  @Test
  void samplesWhatTheSeedGives() {
    assertShown(sampleTwo(), "sample-tiles");
    browser.assertQuiet(server);
  }

  @Test
  void completesWhatTheMousePainted() {
    Images two = sampleTwo();
    browser.fill("size", "3");
    browser.drag("picture", 12, 14, 12, 20);
    browser.click("complete");
    assertCompleted(two.slice(1, 2), knownOutside(11, 13, 3, 9));
    browser.assertQuiet(server);
  }

  @Test
  void completesARectangleThatWasGivenByNumbers() {
    Images two = sampleTwo();
    browser.all("summary").get(0).click();
    browser.fill("from-row", "15");
    browser.fill("to-row", "28");
    browser.fill("from-column", "3");
    browser.fill("to-column", "20");
    browser.click("paint-rectangle");
    browser.click("complete");
    assertCompleted(two.slice(1, 2), knownOutside(14, 2, 14, 18));
  }

  @Test
  void worksByKeyboardAlone() {
    browser.tabTo("#count");
    browser.pressWith(Keys.CONTROL, "a");
    browser.press("2");
    browser.tabTo("#temperature");
    browser.pressWith(Keys.CONTROL, "a");
    browser.press("0.8");
    browser.tabTo("#seed");
    browser.pressWith(Keys.CONTROL, "a");
    browser.press("7", Keys.ENTER);
    browser.awaitText("sample-status", "Done");
    browser.tabTo("#sample-tiles button:nth-child(2)");
    browser.press(Keys.ENTER);
    browser.tabTo("#restore-all");
    browser.press(Keys.SPACE);
    while (!browser.find("picture").equals(browser.focused())) {
      browser.pressWith(Keys.SHIFT, Keys.TAB);
    }
    // The brush of 4 × 4 begins in the middle. It covers a row above and to the left of its pixel.
    browser.press(Keys.ARROW_UP, Keys.ARROW_UP, Keys.ARROW_LEFT, Keys.SPACE);
    browser.pressWith(Keys.SHIFT, Keys.ARROW_DOWN);
    // The bits of the picture may come later.
    browser.awaitText("probe", "Row 14, column 14: ");
    assertTrue(browser.text("probe").endsWith(" bits, painted"), browser.text("probe"));
    browser.tabTo("#complete");
    browser.press(Keys.ENTER);
    assertCompleted(sampler.sample(2, 7, 0.8f).slice(1, 2), knownOutside(11, 12, 5, 4));
    browser.assertQuiet(server);
  }

  @Test
  void showsTheBitsOfEveryPixel() {
    Images image = sampleTwo().slice(1, 2);
    float nats = -sampler.logProb(image)[0];
    browser.awaitText("likelihood", String.format(Locale.ROOT, "All pixels: %.2f nats", nats));
    float[] bits = sampler.pixelBits(image);
    int[] heat = browser.pixels(browser.find("heat"));
    for (int a = 0; a < bits.length; a++) {
      for (int b = 0; b < bits.length; b++) {
        assertTrue(
            bits[a] < bits[b] + 0.2 || brightness(heat[a]) > brightness(heat[b]),
            bits[a] + " bits are " + heat[a] + ", " + bits[b] + " bits are " + heat[b]);
      }
    }
    for (int pixel = 0; pixel < bits.length; pixel += 101) {
      browser.clickPixel("heat", pixel / shape.width(), pixel % shape.width());
      browser.awaitText(
          "probe",
          String.format(
              Locale.ROOT,
              "Row %d, column %d: %.2f bits",
              pixel / shape.width() + 1,
              pixel % shape.width() + 1,
              bits[pixel]));
    }
    assertEquals("8 bits: a surprise", browser.text("scale-top"));
    browser.assertQuiet(server);
  }

  private static double brightness(int rgb) {
    return 0.2126 * (rgb >> 16) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
  }

  @Test
  void showsColoursOfFewLevels() throws IOException {
    browser.find("model").sendKeys("tiny");
    browser.awaitText("state", "tiny, version 1: images of 4 × 2 pixels, 3 channels, 4 levels.");
    browser.click("sample");
    browser.awaitText("sample-status", "Done: 6 images from seed 1.");
    try (Sampler tiny = Sampler.open(ServerCalls.folder("multi-scale-colour"))) {
      assertShown(tiny.sample(6, 1, 1), "sample-tiles");
    }
    browser.assertQuiet(server);
  }

  @Test
  void takesAnUploadedPicture(@TempDir Path folder) throws IOException {
    // White, with black on the left, and three times as wide as the model's images.
    BufferedImage picture = new BufferedImage(168, 56, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < 168 * 56; pixel++) {
      picture.setRGB(pixel % 168, pixel / 168, pixel % 168 < 76 ? 0 : 0xffffff);
    }
    Path file = folder.resolve("picture.png");
    ImageIO.write(picture, "png", file.toFile());
    browser.click("restore-all");
    browser.find("file").sendKeys(file.toAbsolutePath().toString());
    int[] expected = new int[shape.pixels()];
    for (int pixel = 0; pixel < expected.length; pixel++) {
      expected[pixel] = pixel % 28 < 10 ? 0 : 0xffffff; // The middle 56 columns, two in one.
    }
    ServerCalls.await(() -> Arrays.equals(expected, browser.pixels(browser.find("picture"))));
  }
}
