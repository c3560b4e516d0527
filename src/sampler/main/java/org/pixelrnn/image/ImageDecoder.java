package org.pixelrnn.image;

import com.google.common.base.Throwables;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.SampleModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes the bytes of a picture file. It decides which files are whole and which are too large;
 * ImageIO's readers do the rest.
 *
 * <p>A picture of more than {@value #MOST_BYTES} bytes is read with gaps: each n-th pixel of each
 * n-th row, with the smallest n that makes it small enough.
 */
final class ImageDecoder {
  /** The most pixels of a picture. No photograph has more, so a larger header is a lie. */
  private static final long MOST_PIXELS = 200_000_000;

  /** The most bytes of a decoded picture. */
  private static final long MOST_BYTES = 1 << 27;

  /** The most bytes that a decoder may need if it cannot read with gaps. */
  private static final long MOST_BYTES_AT_ONCE = 1 << 28;

  /** The bytes of all pictures that are decoded at the same time. */
  static final SharedBytes DECODING = SharedBytes.ofHeap(0.25);

  /** The words with which the JPEG reader warns of a file that ends too soon. */
  private static final Pattern CUT_OFF =
      Pattern.compile("truncated|premature", Pattern.CASE_INSENSITIVE);

  /** The words with which it warns of a file that ends after its scans. */
  private static final Pattern NO_END_MARKER =
      Pattern.compile("missing EOI", Pattern.CASE_INSENSITIVE);

  private final byte[] encoded;
  private final String where;
  private final List<String> warnings = new ArrayList<>();

  private ImageDecoder(byte[] encoded, String where) {
    this.encoded = encoded;
    this.where = where;
  }

  /**
   * Decodes a picture: see {@link ImageFile#decode(byte[], String)}. The caller closes the result
   * when it no longer needs the image.
   */
  static StoredImage decode(byte[] encoded, String where) {
    return new ImageDecoder(encoded, where).decode();
  }

  private StoredImage decode() {
    try (ImageInputStream in = new EncodedStream(encoded)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new InputException(
            "image "
                + where
                + ": "
                + encoded.length
                + " bytes that are not a picture; expected "
                + ImageFile.FORMATS);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return decode(reader);
      } finally {
        reader.dispose();
      }
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // A broken file makes a reader throw almost any exception. Some readers wrap an error.
      if (Throwables.getCausalChain(e).stream().anyMatch(c -> c instanceof OutOfMemoryError)) {
        throw tooLarge(e);
      }
      throw broken(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(e);
    }
  }

  /** The picture is larger than the heap has room for. Others may well fit. */
  private InputException tooLarge(Throwable cause) {
    return broken("there is too little memory to decode its " + encoded.length + " bytes", cause);
  }

  private StoredImage decode(ImageReader reader) throws IOException {
    TiffSamples.check(encoded, where);
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          warnings.add(warning);
          if (isCutOff(warning)) {
            // The rest would only be filled with grey.
            source.abort();
          }
        });
    int height = reader.getHeight(0);
    int width = reader.getWidth(0);
    Optional<Canvas> canvas = Canvas.in(encoded, height, width);
    Plan plan = plan(reader, (long) height * width, canvas);
    SharedBytes.Taken taken = DECODING.take(plan.bytes);
    try {
      return new StoredImage(
          decode(reader, canvas, plan.step), Orientation.of(ExifData.in(encoded)), taken);
    } catch (Throwable e) {
      taken.close();
      throw e;
    }
  }

  private BufferedImage decode(ImageReader reader, Optional<Canvas> canvas, int step)
      throws IOException {
    ImageReadParam param = reader.getDefaultReadParam();
    param.setSourceSubsampling(step, step, 0, 0);
    BufferedImage image = reader.read(0, param);
    refuseIfCutOff();
    return canvas.isPresent() ? canvas.get().place(image, step) : image;
  }

  /**
   * How a picture is decoded.
   *
   * @param step the n of the gaps; 1 if there are none
   * @param bytes the bytes that this needs, with a copy of the result that is turned upright
   */
  private record Plan(int step, long bytes) {}

  private Plan plan(ImageReader reader, long framePixels, Optional<Canvas> canvas)
      throws IOException {
    long pixels = Math.max(framePixels, canvas.map(Canvas::pixels).orElse(0L));
    if (pixels > MOST_PIXELS) {
      throw broken("its header promises " + pixels + " pixels", null);
    }
    SampleModel samples = reader.getImageTypes(0).next().getSampleModel();
    long samplesBytes =
        (long) samples.getNumBands() * DataBuffer.getDataTypeSize(samples.getDataType()) / 8;
    // A canvas around a smaller frame has colours and alpha.
    long bytes = pixels * (pixels > framePixels ? Canvas.PIXEL_BYTES : samplesBytes);
    long atOnce = bytes * copies(reader.getFormatName());
    if (atOnce > MOST_BYTES_AT_ONCE) {
      throw broken(
          "its header promises "
              + pixels
              + " pixels, which must be decoded at once; expected at most "
              + MOST_BYTES_AT_ONCE * pixels / atOnce,
          null);
    }
    int step = 1;
    while (bytes / ((long) step * step) > MOST_BYTES) {
      step++;
    }
    return new Plan(step, atOnce + 2 * bytes / ((long) step * step));
  }

  /** The copies of the whole picture that a decoder keeps; 0 if it decodes a row at a time. */
  private int copies(String format) {
    return switch (format.toLowerCase(Locale.ROOT)) {
      case "webp", "wbp" -> 3;
      case "tif", "tiff" -> 1;
      case "jpg", "jpeg" -> JpegScans.several(encoded) ? 1 : 0;
      default -> 0;
    };
  }

  private void refuseIfCutOff() {
    for (String warning : warnings) {
      if (isCutOff(warning)) {
        throw broken(warning, null);
      }
    }
    boolean unended = warnings.stream().anyMatch(w -> NO_END_MARKER.matcher(w).find());
    if (unended && !JpegScans.complete(encoded)) {
      throw broken("it ends before its last scan", null);
    }
  }

  private static boolean isCutOff(String warning) {
    return CUT_OFF.matcher(warning).find() && !NO_END_MARKER.matcher(warning).find();
  }

  private InputException broken(String why, Throwable cause) {
    return new InputException(
        "image " + where + ": broken: " + why.replaceAll("\\s*\\R\\s*", " "), cause);
  }
}
