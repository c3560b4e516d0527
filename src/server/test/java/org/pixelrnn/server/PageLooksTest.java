package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/**
 * How the page looks, and what it says of models that load, of errors and of tokens, in a real
 * browser. With {@code -Dgolden.write=true} it writes the README's picture of the page.
 */
@Tag("slow")
class PageLooksTest {
  private static final Path DIGITS = Path.of("savedmodels/mnist-pixelcnn");

  private static Browser browser;
  private static ServerCalls server;

  @BeforeAll
  static void start() {
    Optional<Browser> started = Browser.start();
    assumeTrue(started.isPresent(), "chromium or chromedriver is not installed");
    browser = started.orElseThrow();
    server = ServerCalls.startReady(ModelServer.builder().model("mnist-pixelcnn", DIGITS));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
      server.close();
    }
  }

  @BeforeEach
  void open() {
    browser.openDigits(server, 1000, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          count       | 65   | count = 65; expected 1 to 64
          count       | 1.5  | field `count` is wrong
          temperature | -1   | temperature = -1.0; expected
          seed        | x    | seed = x; expected a whole number
          """)
  void anErrorIsTheServersSentence(String field, String value, String sentence) {
    browser.fill(field, value);
    browser.click("sample");
    browser.awaitText("sample-status", sentence);
    browser.fill(field, "1");
    browser.click("sample");
    browser.awaitText("sample-status", "Done");
    browser.forgetConsole(); // Chromium writes refused requests there.
  }

  @Test
  void stopEndsTheRequest() {
    browser.fill("count", "64");
    browser.click("sample");
    browser.awaitText("sample-status", "Row ");
    browser.click("sample-stop");
    browser.awaitText("sample-status", "Stopped.");
    int[] pixels = browser.pixels(browser.all("#sample-tiles canvas").get(0));
    assertEquals(-1, pixels[pixels.length - 1]);
    assertFalse(browser.find("sample-stop").isEnabled());
    ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
    browser.forgetConsole();
  }

  @ParameterizedTest
  @CsvSource({"360, false", "360, true", "1000, false", "1000, true"})
  void fitsTheWindowAndCanBeRead(int width, boolean dark) {
    browser.openDigits(server, width, dark);
    browser.all("summary").get(0).click();
    browser.click("sample");
    browser.awaitText("sample-status", "Done");
    assertEquals((long) width, browser.run("return document.documentElement.scrollWidth"));
    double least =
        ((Number)
                browser.run(
                    """
                    // The least contrast of a text and what is behind it, as WCAG defines it.
                    const light = (colour) => {
                      const [r, g, b] = colour.match(/[\\d.]+/g).map((v) => v / 255)
                        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
                      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                    };
                    const behind = (e) => {
                      const colour = getComputedStyle(e).backgroundColor;
                      return colour === "rgba(0, 0, 0, 0)" && e.parentElement ? behind(e.parentElement) : colour;
                    };
                    return Math.min(...[...document.querySelectorAll("h1, h2, h3, p, label, button:enabled, input, select, span")]
                      .filter((e) => e.offsetParent)
                      .map((e) => [light(getComputedStyle(e).color), light(behind(e))])
                      .map(([a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)));
                    """))
            .doubleValue();
    assertTrue(least >= 4.5, "contrast " + least);
    String page = (String) browser.run("return getComputedStyle(document.body).backgroundColor");
    assertEquals(!dark, page.equals("rgb(246, 246, 244)"), page);
    browser.assertQuiet(server);
  }

  @Test
  void asksForTheServersToken() {
    try (ServerCalls closed =
        ServerCalls.startReady(
            ModelServer.builder().model("mnist-pixelcnn", DIGITS).token("secret"))) {
      browser.open(closed.server().uri().toString(), 1000, 900, false);
      browser.awaitText("state", "no token, or a wrong one");
      browser.fill("token", "secret" + Keys.TAB);
      browser.awaitText("state", "mnist-pixelcnn, version ");
      ServerCalls.await(() -> browser.find("sample").isEnabled());
      browser.click("sample");
      browser.awaitText("sample-status", "Done");
      browser.leave();
    }
  }

  /** One file of the model is a pipe, so that loading waits until the test writes into it. */
  @Test
  void saysThatAModelIsLoading(@TempDir Path folder) throws IOException, InterruptedException {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    Path file = folder.resolve("1/assets.extra/pixelrnn.textproto");
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    try (ServerCalls own = ServerCalls.start(ModelServer.builder().model("m", folder))) {
      try {
        browser.open(own.server().uri().toString(), 1000, 900, false);
        browser.awaitText("state", "m is loading");
        assertFalse(browser.find("sample").isEnabled());
      } finally {
        Files.write(file, content);
      }
      browser.awaitText("state", "m, version 1: ");
      ServerCalls.await(() -> browser.find("sample").isEnabled());
      browser.leave();
    }
  }

  @Test
  void noticesNewVersions(@TempDir Path folder) {
    ServerCalls.copy("row-lstm", folder.resolve("1"));
    try (ServerCalls own = ServerCalls.startReady(ModelServer.builder().model("m", folder))) {
      browser.open(own.server().uri().toString(), 1000, 900, false);
      browser.awaitText("state", "m, version 1: ");
      browser.awaitText("likelihood", "All pixels");
      String before = browser.text("likelihood");
      ServerCalls.copy("pixelcnn", folder.resolve("2"));
      browser.awaitText("state", "m, version 2: ");
      ServerCalls.await(() -> !browser.text("likelihood").equals(before));
      ServerCalls.copy("pixelcnn-colour", folder.resolve("3"));
      browser.awaitText("state", "m, version 3: ");
      assertTrue(browser.text("state").contains(" 3 channels"), browser.text("state"));
      browser.awaitText("likelihood", "All pixels");
      browser.click("sample");
      browser.awaitText("sample-status", "Done");
      browser.leave();
    }
  }

  @Test
  void keepsAScreenshot() {
    browser.click("complete");
    browser.awaitText("complete-status", "Done");
    boolean write = Boolean.getBoolean("golden.write");
    Path file = Path.of(write ? "savedmodels/page.png" : "src/server/target/page.png");
    browser.screenshot("section:nth-of-type(2)", 1000, file);
    assertTrue(file.toFile().length() < 150_000, file + " is large for a picture in the README");
  }
}
