package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.cli.HalfBlocks.Ink;
import org.pixelrnn.image.ImageShape;

class HalfBlocksTest {
  private static final ImageShape BINARY = new ImageShape(3, 2, 1, 2);
  private static final String RESET = "\u001b[0m";

  @Test
  void aLineAppearsWithItsUpperRowAndIsPaintedAgainWithBothRows() {
    StringBuilder out = new StringBuilder();
    HalfBlocks painter = new HalfBlocks(new ImageShape(2, 1, 1, 2), 1, 80, Ink.COLOUR, out);
    painter.row(new byte[] {1});
    assertEquals("\u001b[38;2;255;255;255m▀" + RESET + "\r", out.toString());
    out.setLength(0);
    painter.row(new byte[] {0});
    assertEquals("\u001b[38;2;255;255;255m\u001b[48;2;0;0;0m▀" + RESET + "\n", out.toString());
  }

  @Test
  void levelsBecomeTheirColours() {
    StringBuilder out = new StringBuilder();
    HalfBlocks painter = new HalfBlocks(new ImageShape(2, 1, 3, 256), 1, 80, Ink.COLOUR, out);
    painter.row(new byte[] {1, 2, (byte) 200});
    out.setLength(0);
    painter.row(new byte[] {(byte) 255, 0, 7});
    assertEquals("\u001b[38;2;1;2;200m\u001b[48;2;255;0;7m▀" + RESET + "\n", out.toString());
  }

  @Test
  void imagesStandSideBySideAndAnOddLastRowGetsALine() {
    StringBuilder out = new StringBuilder();
    HalfBlocks painter = new HalfBlocks(BINARY, 2, 80, Ink.PLAIN, out);
    painter.row(new byte[] {1, 0, 0, 0});
    assertEquals("", out.toString());
    painter.row(new byte[] {1, 1, 0, 0});
    assertEquals("@=   \n", out.toString());
    painter.row(new byte[] {0, 0, 1, 0});
    assertEquals("@=   \n   @ \n", out.toString());
  }

  @Test
  void anOddLastRowInColourEndsTheLine() {
    StringBuilder out = new StringBuilder();
    HalfBlocks painter = new HalfBlocks(BINARY, 1, 80, Ink.COLOUR, out);
    for (int row = 0; row < 3; row++) {
      painter.row(new byte[] {0, 1});
    }
    String text = out.toString();
    assertEquals(2, text.chars().filter(c -> c == '\n').count());
    assertEquals(1, text.chars().filter(c -> c == '\r').count());
    assertTrue(text.endsWith(RESET + "\n"));
  }

  @Test
  void theCallerMayReuseARow() {
    StringBuilder out = new StringBuilder();
    HalfBlocks painter = new HalfBlocks(BINARY, 1, 80, Ink.PLAIN, out);
    byte[] row = {1, 1};
    painter.row(row);
    row[0] = row[1] = 0;
    painter.row(row);
    assertEquals("==\n", out.toString());
  }

  @ParameterizedTest
  @CsvSource({"16,80,2", "16,57,2", "16,56,1", "16,28,1", "16,10,1", "2,1000,2", "16,463,16"})
  void asManyImagesAsFitAreShown(int count, int width, int shown) {
    ImageShape shape = new ImageShape(2, 28, 1, 2);
    StringBuilder out = new StringBuilder();
    HalfBlocks painter = new HalfBlocks(shape, count, width, Ink.PLAIN, out);
    assertEquals(shown, painter.shown());
    painter.row(new byte[count * 28]);
    painter.row(new byte[count * 28]);
    String line = out.toString();
    assertTrue(line.length() - 1 <= width, () -> line.length() + " characters in " + width);
  }

  @Test
  void aTerminalThatIsGoneIsAnError() {
    Writer gone =
        new Writer() {
          @Override
          public void write(char[] text, int from, int count) throws IOException {
            throw new IOException("broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    HalfBlocks painter = new HalfBlocks(BINARY, 1, 80, Ink.COLOUR, gone);
    assertThrows(UncheckedIOException.class, () -> painter.row(new byte[] {0, 0}));
  }
}
