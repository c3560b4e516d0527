package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window, and what a user does and sees in it. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  private Browser(Path chromium, Path chromedriver) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options =
        new ChromeOptions()
            .setBinary(chromium.toFile())
            .addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage")
            .addArguments("--hide-scrollbars");
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .usingAnyFreePort()
                .build(),
            options);
  }

  /** Starts Debian's Chromium; empty if it is not installed. */
  static Optional<Browser> start() {
    Optional<Path> chromium = command("chromium");
    Optional<Path> chromedriver = command("chromedriver");
    return chromium.isPresent() && chromedriver.isPresent()
        ? Optional.of(new Browser(chromium.get(), chromedriver.get()))
        : Optional.empty();
  }

  private static Optional<Path> command(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page in a window of a size, light or dark. */
  void open(String address, int width, int height, boolean dark) {
    resize(width, height);
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    driver.get(address);
  }

  /**
   * Opens the page of a server whose first model is that of digits, and waits until it is ready.
   */
  void openDigits(ServerCalls server, int width, boolean dark) {
    open(server.server().uri().toString(), width, 900, dark);
    awaitText("state", "mnist-pixelcnn, version ");
    ServerCalls.await(() -> find("complete").isEnabled());
    awaitText("likelihood", "All pixels");
  }

  /** Checks that nothing was written to the console, and that no other server was asked. */
  void assertQuiet(ServerCalls server) {
    assertEquals(List.of(), console());
    for (String address : addresses()) {
      assertTrue(
          address.startsWith(server.server().uri().toString()) || address.startsWith("data:"),
          address);
    }
  }

  private void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  WebElement find(String id) {
    return driver.findElement(By.id(id));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  String text(String id) {
    return find(id).getText();
  }

  void click(String id) {
    find(id).click();
  }

  /** Types into a field in place of what is there. */
  void fill(String id, String value) {
    find(id).clear();
    find(id).sendKeys(value);
  }

  /** Waits until the text of an element starts like this. */
  void awaitText(String id, String start) {
    try {
      ServerCalls.await(() -> text(id).startsWith(start));
    } catch (AssertionError e) {
      throw new AssertionError(id + ": " + text(id) + "; expected " + start, e);
    }
  }

  /** Presses keys, one after the other. They go where the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Presses a key while Control, Shift or the like is held. */
  void pressWith(Keys held, CharSequence key) {
    new Actions(driver).keyDown(held).sendKeys(key).keyUp(held).perform();
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Presses Tab until an element has the focus. */
  void tabTo(String selector) {
    for (int i = 0; i < 60; i++) {
      if ((Boolean) run("return document.activeElement.matches(arguments[0])", selector)) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("Tab does not reach " + selector);
  }

  /** Moves the mouse to a pixel of an image that a canvas shows, and clicks. */
  void clickPixel(String canvas, int row, int column) {
    drag(canvas, row, column, row, column);
  }

  /** Presses the mouse button at a pixel of an image, and releases it at another one. */
  void drag(String canvas, int row, int column, int toRow, int toColumn) {
    run("document.getElementById(arguments[0]).scrollIntoView({ block: 'center' })", canvas);
    mouse("mouseMoved", 0, canvas, row, column);
    mouse("mousePressed", 1, canvas, row, column);
    mouse("mouseMoved", 1, canvas, toRow, toColumn);
    mouse("mouseReleased", 0, canvas, toRow, toColumn);
  }

  private void mouse(String event, int buttons, String canvas, int row, int column) {
    @SuppressWarnings("unchecked")
    List<Number> at =
        (List<Number>)
            run(
                """
                const [canvas, row, column] = arguments;
                const { width, height } = document.getElementById(canvas);
                const box = document.getElementById(canvas).getBoundingClientRect();
                return [box.left + ((column + 0.5) * box.width) / width,
                        box.top + ((row + 0.5) * box.height) / height];
                """,
                canvas,
                row,
                column);
    driver.executeCdpCommand(
        "Input.dispatchMouseEvent",
        Map.of(
            "type",
            event,
            "x",
            at.get(0),
            "y",
            at.get(1),
            "button",
            "left",
            "buttons",
            buttons,
            "clickCount",
            1));
  }

  /** The pixels of a canvas as {@code 0xRRGGBB}; -1 where nothing was drawn. */
  int[] pixels(WebElement canvas) {
    @SuppressWarnings("unchecked")
    List<Number> rgba =
        (List<Number>)
            run(
                """
                // Of a copy, for Chromium warns of canvases that are read often.
                const { width, height } = arguments[0];
                const copy = new OffscreenCanvas(width, height).getContext("2d");
                copy.drawImage(arguments[0], 0, 0);
                return Array.from(copy.getImageData(0, 0, width, height).data);
                """,
                canvas);
    int[] pixels = new int[rgba.size() / 4];
    for (int i = 0; i < pixels.length; i++) {
      int rgb = 0;
      for (int channel = 0; channel < 3; channel++) {
        rgb = rgb << 8 | rgba.get(4 * i + channel).intValue();
      }
      pixels[i] = rgba.get(4 * i + 3).intValue() == 0 ? -1 : rgb;
    }
    return pixels;
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Forgets what was written to the console, for instance that a request was refused. */
  void forgetConsole() {
    console();
  }

  /** Leaves a page whose server is about to stop, and forgets what it has said and asked for. */
  void leave() {
    driver.get("about:blank");
    console();
    addresses();
  }

  private List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** The addresses that were asked for since the last call. */
  private List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      var message = ServerCalls.parse(entry.getMessage()).get("message");
      if (message.get("method").asText().equals("Network.requestWillBeSent")) {
        addresses.add(message.get("params").get("request").get("url").asText());
      }
    }
    return addresses;
  }

  /** Writes a part of the page as a PNG, in a window that is high enough for the whole page. */
  void screenshot(String selector, int width, Path file) {
    resize(width, ((Number) run("return document.documentElement.scrollHeight")).intValue());
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, all(selector).get(0).getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
