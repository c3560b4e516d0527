package org.pixelrnn.image;

import com.google.common.io.MoreFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pixelrnn.records.OutputFile;

/**
 * Pictures in files. Reads the formats of {@link #FORMATS}, and every other one for which Java's
 * ImageIO finds a reader. Writes PNG.
 */
public final class ImageFile {
  /** The formats that are read, for help and messages. */
  public static final String FORMATS =
      "PNG, JPEG, GIF, BMP, WebP or TIFF (of unsigned samples of 1, 2, 4, 8 or 16 bits, grey or RGB)";

  /** The most bytes of a file that are read. */
  private static final int MOST_BYTES = 1 << 29;

  /** The bytes of all files that are read at the same time, before they are decoded. */
  private static final SharedBytes ENCODED = SharedBytes.ofHeap(0.125);

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
    return apply(file, WantedSize.of(shape), picture -> picture.values(shape));
  }

  /**
   * Reads a picture and applies a function to it. Pictures of all threads share a part of the heap;
   * a thread waits if the others have taken it. A large picture is read as the means of blocks of
   * its pixels: see {@link WantedSize}.
   *
   * @param function must not keep the picture, and must not read another
   * @throws InputException if the file is missing, broken or not a picture
   */
  public static <T> T apply(Path file, WantedSize wanted, Function<Picture, T> function) {
    return ENCODED.during(
        bytes(file), () -> apply(encoded(file), file.toString(), wanted, function));
  }

  /**
   * Decodes a picture and applies a function to it, as {@link #apply(Path, WantedSize, Function)}
   * does.
   *
   * @param where the name of the bytes in messages
   * @throws InputException if the bytes are broken or not a picture
   */
  public static <T> T apply(
      byte[] encoded, String where, WantedSize wanted, Function<Picture, T> function) {
    Optional<T> fast =
        PlainJpeg.of(encoded).flatMap(jpeg -> ReducedJpeg.apply(encoded, jpeg, wanted, function));
    if (fast.isPresent()) {
      return fast.get();
    }
    try (StoredImage image = ImageDecoder.decode(encoded, where)) {
      return function.apply(image.picture(wanted));
    }
  }

  /**
   * Decodes the picture in a file and turns it upright.
   *
   * @throws InputException if the file is missing, broken or not a picture
   */
  public static BufferedImage decode(Path file) {
    return decode(encoded(file), file.toString());
  }

  /** The size of a file; 0 for a file that has none, or that cannot be read. */
  private static long bytes(Path file) {
    try {
      return Math.min(MOST_BYTES, Files.size(file));
    } catch (IOException e) {
      return 0;
    }
  }

  private static byte[] encoded(Path file) {
    // A device may have no end.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] encoded = in.readNBytes(MOST_BYTES);
      if (in.read() >= 0) {
        throw new InputException("image " + file + ": more than " + MOST_BYTES + " bytes");
      }
      return encoded;
    } catch (IOException e) {
      throw new InputException(
          "image " + file + ": cannot be read: " + InputException.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new InputException("image " + file + ": there is too little memory to read it", e);
    }
  }

  /**
   * Decodes a picture. A picture whose Exif data say how the camera was held is turned upright. The
   * first frame of an animation is placed on its canvas. A picture of more than 128 MiB is read
   * with gaps: each n-th pixel of each n-th row.
   *
   * @param where the name of the bytes in messages, for instance a file and the number of a record
   * @throws InputException if the bytes are broken or not a picture, if the picture has more than
   *     200 million pixels, or if it is a TIFF of other samples than {@link #FORMATS} says
   */
  public static BufferedImage decode(byte[] encoded, String where) {
    try (StoredImage image = ImageDecoder.decode(encoded, where)) {
      return image.upright();
    }
  }

  /**
   * Writes a picture as PNG. A regular file is replaced at once: whatever happens, it is the whole
   * old one or the whole new one. A symbolic link stays, and the file that it points to is
   * replaced. Into a pipe or a device the picture is written. Missing folders are created.
   *
   * @throws InputException if the file cannot be written, if the disk is full, or if {@link
   *     #checkWritable} refuses the file
   */
  public static void write(BufferedImage image, Path file) {
    write(image, file, OutputFile::write);
  }

  /**
   * Writes one of many pictures, as {@link #write} does, but without waiting for the disk each
   * time. A machine that loses power may lose the last of them.
   *
   * @throws InputException as {@link #write} does
   */
  public static void writeOneOfMany(BufferedImage image, Path file) {
    write(image, file, OutputFile::writeOneOfMany);
  }

  /** Writes bytes to a file. */
  private interface Writing {
    void write(byte[] bytes, Path file) throws IOException;
  }

  private static void write(BufferedImage image, Path file, Writing writing) {
    checkWritable(file);
    try {
      writing.write(png(image), file);
    } catch (IOException e) {
      throw notWritable(file, InputException.reason(e), e);
    }
  }

  /** Encodes a picture as PNG. */
  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    // Without this stream ImageIO writes a temporary file, and registers a shutdown hook that
    // deletes it. The disk may be full, and after a signal a hook is refused.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(encoded)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return encoded.toByteArray();
  }

  /**
   * Checks, without writing, that {@link #write(BufferedImage, Path)} can write to a file.
   *
   * @throws InputException if the file is a folder; if a folder on the way to it is a file; or if
   *     its name ends like that of another format, for instance in {@code .jpg}
   */
  public static void checkWritable(Path file) {
    try {
      OutputFile.check(file);
    } catch (IOException e) {
      throw notWritable(file, InputException.reason(e), e);
    }
    String extension = MoreFiles.getFileExtension(file);
    if (!extension.isEmpty() && !extension.equalsIgnoreCase("png") && !OutputFile.isSpecial(file)) {
      throw notWritable(
          file, "PNG only, not " + extension + "; expected a name that ends in .png", null);
    }
  }

  private static InputException notWritable(Path file, String why, Throwable cause) {
    return new InputException("image " + file + ": cannot be written: " + why, cause);
  }
}
