package org.pixelrnn.export;

import com.google.common.base.Preconditions;
import java.nio.file.Path;
import java.util.Arrays;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.model.ModelRules;
import org.pixelrnn.model.VisiblePixels;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.ModelFolder;
import org.pixelrnn.sampler.NotAModelException;

/**
 * The receptive field of one pixel of an exported model, measured by gradients, beside the field
 * that the definition of its layers gives (figures 2 and 4 of the paper). A correct network sees
 * nothing outside of the definition.
 */
public final class MeasuredReceptiveField {
  /** Gradients are means over this many images: a ReLU at 0 hides pixels in one of them only. */
  public static final int IMAGES = 48;

  private final ImageShape shape;
  private final int row;
  private final int column;
  private final double[][][] strengths;
  private final VisiblePixels defined;

  private MeasuredReceptiveField(
      ImageShape shape, int row, int column, double[][][] strengths, VisiblePixels defined) {
    this.shape = shape;
    this.row = row;
    this.column = column;
    this.strengths = strengths;
    this.defined = defined;
  }

  /**
   * Measures the receptive field of a pixel.
   *
   * @param model a model's folder, for its newest version, or the folder of one version
   * @param row of the pixel, from 0
   * @param column of the pixel, from 0
   * @throws NotAModelException if there is no export with provenance, or if its weights are not
   *     those of the network that its provenance describes
   * @throws InputException if the model is multi-scale: every pixel then sees the small image
   * @throws IndexOutOfBoundsException if the images have no such pixel
   */
  public static MeasuredReceptiveField of(Path model, int row, int column) {
    Path version = ModelFolder.version(model);
    ModelConfig config =
        ModelFolder.provenance(version)
            .filter(Provenance::hasModel)
            .map(Provenance::getModel)
            .orElseThrow(
                () ->
                    new NotAModelException(
                        version
                            + ": no provenance says which network this is; expected an exported"
                            + " model of this library"));
    if (config.hasMultiScale()) {
      throw new InputException(
          version
              + ": this model is multi_scale, and each of its pixels sees the small image; expected a"
              + " model of one network");
    }
    ModelRules.check(config);
    ImageShape shape = ImageShape.of(config);
    Preconditions.checkElementIndex(row, shape.height(), "row");
    Preconditions.checkElementIndex(column, shape.width(), "column");
    return new MeasuredReceptiveField(
        shape,
        row,
        column,
        ExportedNetwork.of(version, config).receptiveField(row, column, IMAGES),
        VisiblePixels.of(config, row, column));
  }

  /** The row of the pixel. */
  public int row() {
    return row;
  }

  /** The column of the pixel. */
  public int column() {
    return column;
  }

  /**
   * The mean gradients {@code |∂ logit / ∂ x|} of the pixel's logits, {@code [height, width,
   * channels]}. A sub-pixel that is not seen has exactly 0.
   */
  public double[][][] strengths() {
    double[][][] copy = new double[shape.height()][shape.width()][];
    for (int r = 0; r < shape.height(); r++) {
      for (int c = 0; c < shape.width(); c++) {
        copy[r][c] = strengths[r][c].clone();
      }
    }
    return copy;
  }

  /** The strength of each pixel, {@code [height, width]}: the sum over its channels. */
  public double[][] pixelStrengths() {
    double[][] sums = new double[shape.height()][];
    for (int r = 0; r < shape.height(); r++) {
      sums[r] = Arrays.stream(strengths[r]).mapToDouble(c -> Arrays.stream(c).sum()).toArray();
    }
    return sums;
  }

  /** True for each pixel that is seen by definition, {@code [height, width]}. */
  public boolean[][] definedPixels() {
    boolean[][] pixels = new boolean[shape.height()][shape.width()];
    for (int r = 0; r < shape.height(); r++) {
      for (int c = 0; c < shape.width(); c++) {
        pixels[r][c] = defined.contains(r, c);
      }
    }
    return pixels;
  }

  /** The number of pixels before this one in raster order. */
  public int earlierPixels() {
    return row * shape.width() + column;
  }

  /** The number of earlier pixels that are seen, in one channel at least. */
  public int seenPixels() {
    int seen = 0;
    for (int pixel = 0; pixel < earlierPixels(); pixel++) {
      double[] channels = strengths[pixel / shape.width()][pixel % shape.width()];
      seen += Arrays.stream(channels).anyMatch(strength -> strength > 0) ? 1 : 0;
    }
    return seen;
  }

  /**
   * Counts sub-pixels anywhere in the image.
   *
   * @param seen true to count those that are seen, false for those that are not
   * @param byDefinition true to count those that are seen by definition, false for the others
   */
  public int subPixels(boolean seen, boolean byDefinition) {
    int found = 0;
    for (int r = 0; r < shape.height(); r++) {
      for (int c = 0; c < shape.width(); c++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          boolean here = strengths[r][c][channel] > 0;
          found += here == seen && defined.contains(r, c, channel) == byDefinition ? 1 : 0;
        }
      }
    }
    return found;
  }
}
