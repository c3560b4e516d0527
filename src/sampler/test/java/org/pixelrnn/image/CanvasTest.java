package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first frame of an animation, 8 rows of 6 pixels in GIF and 24 rows of 36 pixels in WebP. */
class CanvasTest {
  private static final int GREY = 0xff808080;

  private static byte[] gif() {
    BufferedImage frame = new BufferedImage(6, 8, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(((DataBufferByte) frame.getRaster().getDataBuffer()).getData(), (byte) 128);
    return PictureBytes.of(frame, "gif");
  }

  /** A GIF whose frame is somewhere on its canvas. */
  private static byte[] gif(int height, int width, int top, int left) {
    byte[] gif = gif();
    ByteBuffer bytes = ByteBuffer.wrap(gif).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(6, (short) width).putShort(8, (short) height);
    int at = 13 + (3 << ((gif[10] & 7) + 1));
    while (gif[at] == 0x21) {
      at += 2;
      while (gif[at] != 0) {
        at += 1 + Byte.toUnsignedInt(gif[at]);
      }
      at++;
    }
    bytes.putShort(at + 1, (short) left).putShort(at + 3, (short) top);
    return gif;
  }

  private static void assertPlaced(
      BufferedImage image, int top, int left, int frameHeight, int frameWidth) {
    for (int r = 0; r < image.getHeight(); r++) {
      for (int c = 0; c < image.getWidth(); c++) {
        boolean inside = r >= top && r < top + frameHeight && c >= left && c < left + frameWidth;
        assertEquals(inside ? 255 : 0, image.getRGB(c, r) >>> 24, "row " + r + ", column " + c);
      }
    }
  }

  @Test
  void aFrameOfAGifIsPlacedOnItsCanvas() {
    BufferedImage image = ImageFile.decode(gif(14, 20, 3, 5), "small");
    assertEquals(14, image.getHeight());
    assertEquals(20, image.getWidth());
    assertPlaced(image, 3, 5, 8, 6);
    assertEquals(GREY, image.getRGB(5, 3));
    assertEquals(GREY, image.getRGB(10, 10));
  }

  @Test
  void aFrameThatIsTheCanvasStaysAsItIs() {
    BufferedImage image = ImageFile.decode(gif(), "whole");
    assertEquals(8, image.getHeight());
    assertEquals(GREY, image.getRGB(0, 0));
    assertEquals(BufferedImage.TYPE_BYTE_INDEXED, image.getType());
  }

  @Test
  void aCanvasThatIsTooSmallGrows() {
    BufferedImage image = ImageFile.decode(gif(2, 3, 1, 2), "overlapping");
    assertEquals(9, image.getHeight());
    assertEquals(8, image.getWidth());
    assertPlaced(image, 1, 2, 8, 6);
  }

  @Test
  void aFrameOfAWebPIsPlacedOnItsCanvas() {
    BufferedImage image = ImageFile.decode(PictureBytes.animatedWebP(30, 50, 4, 6), "animation");
    assertEquals(30, image.getHeight());
    assertEquals(50, image.getWidth());
    assertPlaced(image, 4, 6, PictureBytes.WEBP_HEIGHT, PictureBytes.WEBP_WIDTH);
    assertEquals(0xff0400a0, image.getRGB(6, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {30_000, 65_535})
  void aHugeCanvasCostsLittle(int width) {
    byte[] gif = gif(3_000, width, 600, 1_000);
    BufferedImage image = ImageFile.decode(gif, "huge");
    assertTrue(4L * image.getHeight() * image.getWidth() <= 1 << 27, image.toString());
    int step = (width + image.getWidth() - 1) / image.getWidth();
    assertEquals(255, image.getRGB(1_000 / step, 600 / step) >>> 24);
  }
}
