package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageShape;

/**
 * Handwritten digits that the program draws itself, in square pictures of any side: white ink on
 * black, or colours on coloured backgrounds. The training split is endless: each epoch has new
 * pictures. No picture appears in two splits. {@link Digits} has the shapes of the digits, and
 * {@link Handwriting} draws them.
 */
final class Strokes implements ImageDataset {
  private static final int USUAL_SIDE = 28;

  /** The pen needs this much room. */
  private static final int LEAST_SIDE = 8;

  private final String name;
  private final int side;
  private final int channels;
  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private Strokes(String name, int side, int channels) {
    this.name = name;
    this.side = side;
    this.channels = channels;
  }

  /**
   * White digits on black.
   *
   * @param model the shape of the model's images; the pictures have its side if it is square and
   *     large enough, and are 28×28 otherwise
   */
  static Strokes grey(ImageShape model) {
    return new Strokes("strokes", side(model), 1);
  }

  /** Coloured digits on coloured backgrounds, in pictures of the same size as the grey ones. */
  static Strokes colour(ImageShape model) {
    return new Strokes("strokes-rgb", side(model), 3);
  }

  private static int side(ImageShape model) {
    boolean fits = model.height() == model.width() && model.height() >= LEAST_SIDE;
    return fits ? model.height() : USUAL_SIDE;
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(side, side, channels, 256);
  }

  @Override
  public int size(Split split) {
    return switch (split) {
      case TRAIN -> 10_000;
      case VALIDATION -> 1_000;
      case TEST -> 2_000;
    };
  }

  @Override
  public void read(Split split, long epoch, int index, byte[] into) {
    Objects.checkIndex(index, size(split));
    KeyedRandom random = new KeyedRandom(split.key(), split == Split.TRAIN ? epoch : 0, index);
    byte[] ink = Handwriting.draw(side, random);
    if (channels == 1) {
      System.arraycopy(ink, 0, into, 0, ink.length);
    } else {
      paint(ink, Palette.random(random), into);
    }
  }

  private void paint(byte[] ink, Palette palette, byte[] into) {
    for (int r = 0; r < side; r++) {
      for (int c = 0; c < side; c++) {
        double coverage = Byte.toUnsignedInt(ink[r * side + c]) / 255.0;
        double position = (palette.down ? r : c) / (side - 1.0);
        for (int channel = 0; channel < 3; channel++) {
          double background = mix(palette.from[channel], palette.to[channel], position);
          into[(r * side + c) * 3 + channel] =
              (byte) Math.round(mix(background, palette.ink[channel], coverage));
        }
      }
    }
  }

  private static double mix(double from, double to, double share) {
    return from + share * (to - from);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String digest() {
    return digest.get();
  }

  /**
   * Hashes the first pictures of each split. A renderer that draws differently changes the hash.
   */
  private String hash() {
    Hasher sha = Hashing.sha256().newHasher();
    sha.putString(Digits.text(), StandardCharsets.UTF_8);
    byte[] picture = new byte[shape().dimensions()];
    for (Split split : Split.values()) {
      for (int i = 0; i < 100; i++) {
        read(split, 0, i, picture);
        sha.putBytes(picture);
      }
    }
    return sha.hash().toString();
  }

  /** The colours of a picture. The background changes from one colour to another. */
  private static final class Palette {
    private final double[] ink;
    private final double[] from;
    private final double[] to;

    /** True if the background changes from top to bottom, false if from left to right. */
    private final boolean down;

    private Palette(double[] ink, double[] from, double[] to, boolean down) {
      this.ink = ink;
      this.from = from;
      this.to = to;
      this.down = down;
    }

    static Palette random(KeyedRandom random) {
      double[] from = colour(random);
      double[] to = new double[3];
      for (int i = 0; i < 3; i++) {
        to[i] = Math.max(0, Math.min(255, from[i] + random.uniform(-70, 70)));
      }
      // The ink contrasts with the background: nearly white on a dark one, nearly black on a
      // bright one.
      double edge = luma(from) + luma(to) < 255 ? 255 : 0;
      double[] ink = colour(random);
      for (int i = 0; i < 3; i++) {
        ink[i] = mix(ink[i], edge, 0.65);
      }
      return new Palette(ink, from, to, random.nextInt(2) == 0);
    }

    private static double[] colour(KeyedRandom random) {
      return new double[] {random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)};
    }

    private static double luma(double[] rgb) {
      return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    }
  }
}
