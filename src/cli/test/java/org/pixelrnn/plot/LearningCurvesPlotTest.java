package org.pixelrnn.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pixelrnn.plot.LearningCurvesPlot.Curve;

class LearningCurvesPlotTest {
  private static final Set<Integer> COLOURS = Set.of(0x0072b2, 0xd55e00, 0x009e73);

  @Test
  void smoothingTakesMeansOverRanges() {
    Curve curve =
        new Curve(new TreeMap<>(Map.of(10L, 8.0, 20L, 4.0, 90L, 3.0, 100L, 2.0)), new TreeMap<>());
    assertEquals(Map.of(15L, 6.0, 105L, 2.5), curve.smoothed(30));
  }

  @Test
  void eachRunHasAColourOfItsOwn() {
    Map<String, Curve> curves = new LinkedHashMap<>();
    for (int runs = 1; runs <= 3; runs++) {
      curves.put(
          "run " + runs,
          new Curve(
              new TreeMap<>(Map.of(10L, 8.0, 20L, 4.0 + runs)),
              new TreeMap<>(Map.of(10L, 5.0, 20L, 4.0 + 0.2 * runs))));
      assertEquals(runs, coloursIn(LearningCurvesPlot.of(curves)).size());
    }
  }

  private static Set<Integer> coloursIn(BufferedImage picture) {
    Set<Integer> found = new TreeSet<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        found.add(picture.getRGB(x, y) & 0xffffff);
      }
    }
    found.retainAll(COLOURS);
    return found;
  }
}
