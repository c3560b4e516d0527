package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageShape;

/**
 * Handwritten digits drawn by the program itself, in square pictures of any side: white ink on
 * black, or colours on coloured backgrounds. The training set is endless, each epoch being new
 * pictures; the splits' pictures never meet. See {@link Digits} for the shapes and {@link
 * Handwriting} for the hand.
 */
final class Strokes implements ImageDataset {
  private static final int USUAL_SIDE = 28;

  /** Less than this leaves the pen no room. */
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

  /** White on black, of the wanted side if the wanted images are square, else of side 28. */
  static Strokes grey(ImageShape wanted) {
    return new Strokes("strokes", side(wanted), 1);
  }

  /** Colour on colour, of the same sides. */
  static Strokes colour(ImageShape wanted) {
    return new Strokes("strokes-rgb", side(wanted), 3);
  }

  private static int side(ImageShape wanted) {
    boolean square = wanted.height() == wanted.width() && wanted.height() >= LEAST_SIDE;
    return square ? wanted.height() : USUAL_SIDE;
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
    SplitMix random = new SplitMix(split.key(), split == Split.TRAIN ? epoch : 0, index);
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
        double covered = Byte.toUnsignedInt(ink[r * side + c]) / 255.0;
        double along = (palette.down ? r : c) / (side - 1.0);
        for (int channel = 0; channel < 3; channel++) {
          double ground = mix(palette.from[channel], palette.to[channel], along);
          into[(r * side + c) * 3 + channel] =
              (byte) Math.round(mix(ground, palette.ink[channel], covered));
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

  /** Of the first pictures of each split: another renderer would show here. */
  private String hash() {
    Hasher sha = Hashing.sha256().newHasher();
    sha.putString(Digits.source(), StandardCharsets.UTF_8);
    byte[] picture = new byte[shape().dimensions()];
    for (Split split : Split.values()) {
      for (int i = 0; i < 100; i++) {
        read(split, 0, i, picture);
        sha.putBytes(picture);
      }
    }
    return sha.hash().toString();
  }

  /** The ink's colour, and two that the background runs between, downwards or to the right. */
  private static final class Palette {
    private final double[] ink;
    private final double[] from;
    private final double[] to;
    private final boolean down;

    private Palette(double[] ink, double[] from, double[] to, boolean down) {
      this.ink = ink;
      this.from = from;
      this.to = to;
      this.down = down;
    }

    static Palette random(SplitMix random) {
      double[] from = colour(random);
      double[] to = new double[3];
      for (int i = 0; i < 3; i++) {
        to[i] = Math.max(0, Math.min(255, from[i] + random.uniform(-70, 70)));
      }
      // Ink is far from its ground: most of the way to white on a dark one, to black on a bright
      // one.
      double edge = luma(from) + luma(to) < 255 ? 255 : 0;
      double[] ink = colour(random);
      for (int i = 0; i < 3; i++) {
        ink[i] = mix(ink[i], edge, 0.65);
      }
      return new Palette(ink, from, to, random.nextInt(2) == 0);
    }

    private static double[] colour(SplitMix random) {
      return new double[] {random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)};
    }

    private static double luma(double[] rgb) {
      return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    }
  }
}
