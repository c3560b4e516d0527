package org.pixelrnn.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Pictures in files. Reads PNG, JPEG, GIF, BMP, WebP and every other format for which Java's
 * ImageIO finds a reader. Writes PNG.
 */
public final class ImageFile {
  /** The most pixels that are decoded. No photograph has more, so a larger header is a lie. */
  private static final long MOST_PIXELS = 200_000_000;

  /** The words with which the JPEG reader warns of a file that ends too soon. */
  private static final Pattern CUT_OFF =
      Pattern.compile("truncated|premature", Pattern.CASE_INSENSITIVE);

  private ImageFile() {}

  /**
   * Reads a picture as sub-pixel values {@code 0..255}, laid out {@code [height, width, channels]}.
   *
   * <p>The picture is cut to the aspect ratio of {@code shape} around its centre, then scaled to
   * its size, then converted to grey or to colour: see {@link Picture}.
   *
   * @param shape the height, width and channels to convert to; its levels do not matter
   * @throws InputException if the file is missing, broken or not a picture, or if the shape has
   *     neither 1 nor 3 channels
   */
  public static byte[] read(Path file, ImageShape shape) {
    return Picture.of(decode(file)).values(shape);
  }

  /**
   * Decodes the picture in a file and turns it upright.
   *
   * @throws InputException if the file is missing, broken or not a picture
   */
  public static BufferedImage decode(Path file) {
    byte[] encoded;
    try {
      encoded = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException(
          "image " + file + ": cannot be read: " + InputException.reason(e), e);
    }
    return decode(encoded, file.toString());
  }

  /**
   * Decodes a picture of any format. A JPEG that says how the camera was held is turned upright.
   *
   * @param where the name of the bytes in messages, for instance a file and the number of a record
   * @throws InputException if the bytes are broken or not a picture
   */
  public static BufferedImage decode(byte[] encoded, String where) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new InputException(
            "image "
                + where
                + ": "
                + encoded.length
                + " bytes that are not a picture; expected one of "
                + String.join(", ", formats()));
      }
      return decode(in, readers.next(), where);
    } catch (IOException e) {
      throw broken(where, e.getMessage(), e);
    }
  }

  private static BufferedImage decode(ImageInputStream in, ImageReader reader, String where) {
    List<String> warnings = new ArrayList<>();
    try {
      reader.setInput(in, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
      if (pixels > MOST_PIXELS) {
        throw broken(where, "its header promises " + pixels + " pixels", null);
      }
      BufferedImage image = reader.read(0);
      // The reader only warns of a JPEG that ends too soon, and fills the rest with grey.
      for (String warning : warnings) {
        if (CUT_OFF.matcher(warning).find()) {
          throw broken(where, warning, null);
        }
      }
      return Orientation.of(reader).upright(image);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // A broken file makes a reader throw almost any exception.
      throw broken(where, e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Writes a picture as PNG. The bytes go to a temporary file in the same folder, which then
   * replaces {@code file}: whatever happens, {@code file} is the whole old one or the whole new
   * one. Missing folders are created.
   *
   * @throws InputException if the file cannot be written, or if the disk is full
   */
  public static void write(BufferedImage image, Path file) {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    Path target = file.toAbsolutePath();
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      ImageIO.write(image, "png", encoded);
      Files.createDirectories(target.getParent());
      try {
        Files.write(temporary, encoded.toByteArray(), StandardOpenOption.CREATE_NEW);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new InputException(
          "image " + file + ": cannot be written: " + InputException.reason(e), e);
    }
  }

  private static InputException broken(String where, String why, Throwable cause) {
    return new InputException(
        "image " + where + ": broken: " + String.valueOf(why).replaceAll("\\s*\\R\\s*", " "),
        cause);
  }

  private static List<String> formats() {
    return Arrays.stream(ImageIO.getReaderFormatNames())
        .map(name -> name.toUpperCase(Locale.ROOT))
        .distinct()
        .sorted()
        .toList();
  }
}
