package org.pixelrnn.image;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * How the camera was held, as the Exif tag Orientation of a JPEG says. Each of its eight values is
 * named after the side of the upright picture at which the first stored row and the first stored
 * column belong.
 */
enum Orientation {
  TOP_LEFT("Normal", false, false, false),
  TOP_RIGHT("FlipH", false, false, true),
  BOTTOM_RIGHT("Rotate180", false, true, true),
  BOTTOM_LEFT("FlipV", false, true, false),
  LEFT_TOP("FlipVRotate90", true, false, false),
  RIGHT_TOP("Rotate270", true, true, false),
  RIGHT_BOTTOM("FlipHRotate90", true, true, true),
  LEFT_BOTTOM("Rotate90", true, false, true);

  /** The name in ImageIO. */
  private final String name;

  /** True if stored rows are shown as columns. */
  private final boolean transposed;

  private final boolean lastRowFirst;
  private final boolean lastColumnFirst;

  Orientation(String name, boolean transposed, boolean lastRowFirst, boolean lastColumnFirst) {
    this.name = name;
    this.transposed = transposed;
    this.lastRowFirst = lastRowFirst;
    this.lastColumnFirst = lastColumnFirst;
  }

  /**
   * Reads the orientation of a reader's first picture. It is {@link #TOP_LEFT}, as stored, if the
   * file does not say or if its metadata is broken.
   */
  static Orientation of(ImageReader reader) {
    try {
      // Other programs ignore the orientation in other formats.
      if (!reader.getFormatName().equalsIgnoreCase("JPEG")) {
        return TOP_LEFT;
      }
      return of(reader.getImageMetadata(0));
    } catch (IOException | RuntimeException e) {
      return TOP_LEFT;
    }
  }

  private static Orientation of(IIOMetadata metadata) {
    Element tree = (Element) metadata.getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName);
    NodeList found = tree.getElementsByTagName("ImageOrientation");
    if (found.getLength() == 0) {
      return TOP_LEFT;
    }
    String value = ((Element) found.item(0)).getAttribute("value");
    return Arrays.stream(values()).filter(o -> o.name.equals(value)).findFirst().orElse(TOP_LEFT);
  }

  /** Turns a stored picture upright. Its samples stay as they are. */
  BufferedImage upright(BufferedImage stored) {
    if (this == TOP_LEFT) {
      return stored;
    }
    int rows = stored.getHeight();
    int columns = stored.getWidth();
    WritableRaster shown =
        stored
            .getColorModel()
            .createCompatibleWritableRaster(
                transposed ? rows : columns, transposed ? columns : rows);
    Object sample = null;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int down = lastRowFirst ? rows - 1 - r : r;
        int right = lastColumnFirst ? columns - 1 - c : c;
        sample = stored.getRaster().getDataElements(c, r, sample);
        shown.setDataElements(transposed ? down : right, transposed ? right : down, sample);
      }
    }
    return new BufferedImage(stored.getColorModel(), shown, stored.isAlphaPremultiplied(), null);
  }
}
