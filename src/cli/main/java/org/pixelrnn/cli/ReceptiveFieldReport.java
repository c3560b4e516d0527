package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.pixelrnn.export.MeasuredReceptiveField;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.plot.ReceptiveFieldPlot;

/** A measured receptive field as a picture, as JSON and as a sentence. */
record ReceptiveFieldReport(MeasuredReceptiveField field) {

  void plot(Path file) {
    String title = "What the pixel in row " + field.row() + ", column " + field.column() + " sees";
    ImageFile.write(
        ReceptiveFieldPlot.of(
            field.pixelStrengths(), field.definedPixels(), field.row(), field.column(), title),
        file);
  }

  /** The object that {@code --json} prints. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("row", field.row());
    facts.put("column", field.column());
    facts.put("earlier_pixels", field.earlierPixels());
    facts.put("seen_pixels", field.seenPixels());
    facts.put("sub_pixels_seen_as_defined", field.subPixels(true, true));
    facts.put("sub_pixels_seen_against_the_definition", field.subPixels(true, false));
    facts.put("sub_pixels_not_seen_but_defined", field.subPixels(false, true));
    facts.put("images", MeasuredReceptiveField.IMAGES);
    facts.put("mean_gradients", field.strengths());
    return facts;
  }

  @Override
  public String toString() {
    int missing = field.subPixels(false, true);
    int forbidden = field.subPixels(true, false);
    String compared =
        missing == 0 && forbidden == 0
            ? "the definition gives the same set"
            : missing
                + " sub-pixels of the definition are not seen, and "
                + forbidden
                + " others are seen";
    return String.format(
        Locale.ROOT,
        "row %d, column %d sees %d of %d earlier pixels; %s",
        field.row(),
        field.column(),
        field.seenPixels(),
        field.earlierPixels(),
        compared);
  }
}
