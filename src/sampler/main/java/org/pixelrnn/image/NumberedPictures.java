package org.pixelrnn.image;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pictures of one image each, in files with numbers: {@code images/%05d.png} stands for {@code
 * images/00000.png}, {@code images/00001.png}, and so on. A picture has the size of its image, so
 * that reading it gives the image again.
 */
public final class NumberedPictures {
  private static final Pattern NUMBER = Pattern.compile("%(?:0[1-9][0-9]?)?d");

  private final Path pattern;
  private final String before;
  private final String number;
  private final String after;

  private NumberedPictures(Path pattern, Matcher found) {
    String name = pattern.getFileName().toString();
    this.pattern = pattern;
    before = name.substring(0, found.start());
    number = found.group();
    after = name.substring(found.end());
  }

  /**
   * Reads a pattern.
   *
   * @param pattern a file whose name has {@code %d}, or {@code %05d} for at least five digits
   * @return empty if there is no such number, so that this is an ordinary file
   * @throws InputException if there are two numbers, or if one is in the name of a folder
   */
  public static Optional<NumberedPictures> of(Path pattern) {
    Matcher found = NUMBER.matcher(pattern.toString());
    if (!found.find()) {
      return Optional.empty();
    }
    Matcher inName = NUMBER.matcher(pattern.getFileName().toString());
    if (found.find() || !inName.find()) {
      throw new InputException(
          "images " + pattern + ": expected one number, in the name of the file: DIR/%05d.png");
    }
    return Optional.of(new NumberedPictures(pattern, inName));
  }

  /** The file of an image, counted from 0. */
  public Path file(int image) {
    return pattern.resolveSibling(before + String.format(Locale.ROOT, number, image) + after);
  }

  /**
   * Writes images, each as {@link ImageFile#writeOneOfMany} does. Missing folders are created.
   *
   * @param first the number of the first image
   * @param step the difference between the numbers of two images
   * @throws InputException if a file cannot be written; the earlier ones stay
   */
  public void write(Images images, int first, int step) {
    for (int i = 0; i < images.count(); i++) {
      Path file = file(Math.addExact(first, Math.multiplyExact(i, step)));
      ImageFile.writeOneOfMany(picture(images, i), file);
    }
  }

  /** One image in its own size. One channel is grey, not colours that look grey. */
  private static BufferedImage picture(Images images, int image) {
    ImageShape shape = images.shape();
    Levels display = Levels.of(shape);
    boolean colour = shape.channels() == 3;
    BufferedImage picture =
        new BufferedImage(
            shape.width(),
            shape.height(),
            colour ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
    for (int pixel = 0; pixel < shape.pixels(); pixel++) {
      int at = image * shape.dimensions() + pixel * shape.channels();
      int rgb = display.rgb(images.levels(), at, shape.channels());
      int column = pixel % shape.width();
      int row = pixel / shape.width();
      if (colour) {
        picture.setRGB(column, row, rgb);
      } else {
        // setRGB would change the level: Java's grey is linear in light.
        picture.getRaster().setSample(column, row, 0, rgb & 255);
      }
    }
    return picture;
  }

  @Override
  public String toString() {
    return pattern.toString();
  }
}
