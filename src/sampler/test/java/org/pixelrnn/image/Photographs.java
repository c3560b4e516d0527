package org.pixelrnn.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Node;

/** Large pictures with what photographs have: smooth colours, sharp edges, letters and grain. */
public final class Photographs {
  private Photographs() {}

  /**
   * A photograph.
   *
   * @param type {@link BufferedImage#TYPE_3BYTE_BGR} or {@link BufferedImage#TYPE_BYTE_GRAY}
   * @param grain the greatest change of a level by noise
   */
  public static BufferedImage of(int height, int width, int type, int grain) {
    BufferedImage image = new BufferedImage(width, height, type);
    int channels = image.getRaster().getNumBands();
    Random noise = new Random(height * 31L + width);
    byte[] row = new byte[width * channels];
    for (int r = 0; r < height; r++) {
      for (int i = 0; i < row.length; i++) {
        double down = (double) r / height;
        int column = i / channels;
        double right = (double) column / width;
        double level =
            128
                + 60 * Math.sin(3 * right + 5 * down * (1 + i % channels))
                + 50 * Math.sin(40 * right * down);
        row[i] = (byte) Math.max(0, Math.min(255, level + noise.nextInt(2 * grain + 1) - grain));
      }
      image.getRaster().setDataElements(0, r, width, 1, row);
    }
    drawOn(image.createGraphics(), height, width);
    return image;
  }

  private static void drawOn(Graphics2D graphics, int height, int width) {
    graphics.setColor(Color.RED);
    graphics.fillOval(width / 2, height / 8, width / 5, width / 5);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(width / 10, height / 10, width / 3, height / 4);
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, height / 40));
    for (int line = 1; line <= 8; line++) {
      graphics.drawString(
          "A line of letters " + line, width / 10, height / 10 + line * height / 36);
    }
    graphics.dispose();
  }

  /**
   * A photograph as a JPEG of one scan.
   *
   * @param quality 0 to 1
   * @param interval the units between restart markers; 0 for none
   */
  public static byte[] jpeg(BufferedImage image, float quality, int interval) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream to = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality);
      IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
      if (interval > 0) {
        Node root = metadata.getAsTree(metadata.getNativeMetadataFormatName());
        IIOMetadataNode restarts = new IIOMetadataNode("dri");
        restarts.setAttribute("interval", Integer.toString(interval));
        Node markers = root.getLastChild();
        markers.insertBefore(restarts, markers.getFirstChild());
        metadata.setFromTree(metadata.getNativeMetadataFormatName(), root);
      }
      writer.setOutput(to);
      writer.write(null, new IIOImage(image, null, metadata), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
