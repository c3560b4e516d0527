package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelrnn.export.ExportedNetwork;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.ReceptiveFieldPlot;
import org.pixelrnn.model.ModelRules;
import org.pixelrnn.model.VisiblePixels;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.Sampler;

/** What a pixel of an exported model sees, beside what it should see. */
final class ReceptiveFieldReport {
  /** At which it is measured: each hides what lies behind a ReLU at 0. */
  private static final int IMAGES = 48;

  private final ImageShape shape;
  private final int row;
  private final int column;

  /** The mean gradients, {@code [height, width, channels]}. */
  private final double[][][] strength;

  private final VisiblePixels defined;

  private ReceptiveFieldReport(
      ImageShape shape, int row, int column, double[][][] strength, VisiblePixels defined) {
    this.shape = shape;
    this.row = row;
    this.column = column;
    this.strength = strength;
    this.defined = defined;
  }

  /** Measures; throws {@link InputException} if the model has no such pixel or no provenance. */
  static ReceptiveFieldReport of(Sampler sampler, String pixel) {
    ImageShape shape = sampler.shape();
    int[] at =
        Coordinates.parse(
            "--receptive-field", pixel, "row and column", shape.height(), shape.width());
    ModelConfig config =
        sampler
            .provenance()
            .filter(Provenance::hasModel)
            .map(Provenance::getModel)
            .orElseThrow(
                () ->
                    new InputException(
                        sampler.version()
                            + ": no provenance says what network it is; expected a model that was"
                            + " written by `pixelrnn export`"));
    if (config.hasMultiScale()) {
      throw new InputException(
          sampler.version()
              + ": --receptive-field is for models of one network, and this one is multi_scale, whose"
              + " every pixel sees the small image");
    }
    ModelRules.check(config);
    ExportedNetwork network = ExportedNetwork.of(sampler.version(), config);
    return new ReceptiveFieldReport(
        shape,
        at[0],
        at[1],
        network.receptiveField(at[0], at[1], IMAGES),
        VisiblePixels.of(config, at[0], at[1]));
  }

  void plot(Path file) {
    double[][] pixels = new double[shape.height()][];
    boolean[][] expected = new boolean[shape.height()][shape.width()];
    for (int r = 0; r < shape.height(); r++) {
      pixels[r] = Arrays.stream(strength[r]).mapToDouble(c -> Arrays.stream(c).sum()).toArray();
      for (int c = 0; c < shape.width(); c++) {
        expected[r][c] = defined.contains(r, c);
      }
    }
    String title = "What the pixel in row " + row + ", column " + column + " sees";
    ImageFile.write(ReceptiveFieldPlot.of(pixels, expected, row, column, title), file);
  }

  /** Earlier pixels of which some channel is seen. */
  private int seenPixels() {
    int seen = 0;
    for (int pixel = 0; pixel < earlier(); pixel++) {
      double[] channels = strength[pixel / shape.width()][pixel % shape.width()];
      seen += Arrays.stream(channels).anyMatch(s -> s > 0) ? 1 : 0;
    }
    return seen;
  }

  /** Sub-pixels, wherever they are, that are seen though not by definition, or the other way. */
  private int subPixels(boolean seen, boolean byDefinition) {
    int found = 0;
    for (int r = 0; r < shape.height(); r++) {
      for (int c = 0; c < shape.width(); c++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          boolean here = strength[r][c][channel] > 0;
          found += here == seen && defined.contains(r, c, channel) == byDefinition ? 1 : 0;
        }
      }
    }
    return found;
  }

  private int earlier() {
    return row * shape.width() + column;
  }

  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("row", row);
    facts.put("column", column);
    facts.put("earlier_pixels", earlier());
    facts.put("seen_pixels", seenPixels());
    facts.put("sub_pixels_seen_as_defined", subPixels(true, true));
    facts.put("sub_pixels_seen_against_the_definition", subPixels(true, false));
    facts.put("sub_pixels_not_seen_but_defined", subPixels(false, true));
    facts.put("images", IMAGES);
    facts.put("mean_gradients", strength);
    return facts;
  }

  @Override
  public String toString() {
    int more = subPixels(false, true);
    int forbidden = subPixels(true, false);
    String compared =
        more == 0 && forbidden == 0
            ? "the definition gives the same set"
            : "of the sub-pixels that the definition gives "
                + more
                + " are not seen, and "
                + forbidden
                + " others are";
    return String.format(
        "row %d, column %d sees %d of %d earlier pixels; %s",
        row, column, seenPixels(), earlier(), compared);
  }
}
