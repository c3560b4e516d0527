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

/** Pictures in files: PNG, JPEG and whatever else Java's ImageIO finds a reader for; PNG out. */
public final class ImageFile {
  /** More pixels than any photograph has: a header that promises more is broken, or an attack. */
  private static final long MOST_PIXELS = 200_000_000;

  /** What the JPEG reader calls it when a file ends too soon. */
  private static final Pattern CUT_OFF =
      Pattern.compile("truncated|premature", Pattern.CASE_INSENSITIVE);

  private ImageFile() {}

  /**
   * Reads a picture as sub-pixel values {@code 0..255}, laid out {@code [height, width, channels]}.
   *
   * <p>A picture of another aspect ratio is cut to the wanted one around its centre, one of another
   * size is scaled, and colours become grey or grey becomes colours as {@code shape.channels()}
   * asks: see {@link Picture}.
   *
   * @param shape the wanted height, width and channels; its levels do not matter here
   * @throws InputException if the file is missing, is no picture or is broken, or the shape has
   *     neither 1 nor 3 channels
   */
  public static byte[] read(Path file, ImageShape shape) {
    return Picture.of(decode(file)).values(shape);
  }

  /** The picture in a file, upright; throws {@link InputException} as {@link #read} does. */
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
   * The picture in the bytes of a PNG, JPEG, ..., upright if a JPEG says how the camera was held.
   *
   * @param where names the bytes in messages, for instance a file and a record's number
   * @throws InputException if they are no picture or a broken one
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
                + " bytes that are no picture; expected one of "
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
      // A JPEG that ends too soon is only warned about, and its end filled with grey.
      for (String warning : warnings) {
        if (CUT_OFF.matcher(warning).find()) {
          throw broken(where, warning, null);
        }
      }
      return Orientation.of(reader).upright(image);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers answer broken files with nearly any exception.
      throw broken(where, e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Writes a picture as PNG, to a temporary name beside the file which then takes the file's place:
   * whatever happens, the file is the old one or the new one, whole. Missing folders are made.
   *
   * @throws InputException if the place cannot be written to, or the disk is full
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
