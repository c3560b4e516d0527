package org.pixelrnn.model.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.pixelrnn.model.layer.MaskedConvolution.Features;

/** The channel groups of a mask. */
class MaskTest {

  @Example
  void thePicturesOfTheClassCommentAreRight() {
    assertEquals("000 100 110", centre(Mask.A));
    assertEquals("100 110 111", centre(Mask.B));
  }

  @Example
  void tapsBeforeTheCentreShowEverythingAndTapsAfterItNothing() {
    MaskGeometry geometry = new MaskGeometry(Mask.B, 2, 3, new Features(3, 3, 3));
    int[][] greenOutput = new int[2][3];
    int[][][][] visible = geometry.visibleGroups();
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        greenOutput[row][column] = visible[row][column][0][1];
      }
    }
    assertArrayEquals(new int[][] {{3, 3, 3}, {3, 2, 0}}, greenOutput);
    assertEquals(4 * 3, geometry.inputsBeforeCentre());
    assertEquals(2, geometry.inputsAtCentre(1));
  }

  @Property
  void groupsAreEqualAndConsecutiveInEverySection(
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 5) int groupSize,
      @ForAll @IntRange(min = 1, max = 4) int sections) {
    int features = sections * channels * groupSize;
    int feature = 0;
    for (int section = 0; section < sections; section++) {
      for (int group = 0; group < channels; group++) {
        for (int i = 0; i < groupSize; i++) {
          assertEquals(group, Mask.groupOf(feature++, features, channels, sections));
        }
      }
    }
  }

  @Property
  void theOutputsOfAllGroupsAreAllOutputs(
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 5) int groupSize,
      @ForAll @IntRange(min = 1, max = 4) int sections) {
    int out = sections * channels * groupSize;
    Features features = new Features(channels, out, channels, sections);
    boolean[] found = new boolean[out];
    for (int group = 0; group < channels; group++) {
      for (int output : features.outputsOf(group)) {
        assertEquals(false, found[output], "output " + output + " is in two groups");
        found[output] = true;
      }
    }
    boolean[] all = new boolean[out];
    Arrays.fill(all, true);
    assertArrayEquals(all, found);
  }

  @Property
  void aPixelSeesItsEarlierInputsAndNoOthers(
      @ForAll Mask mask,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 0, max = 3) int reach) {
    int columns = 2 * reach + 1;
    MaskGeometry geometry =
        new MaskGeometry(mask, reach + 1, columns, new Features(2 * channels, channels, channels));
    for (int group = 0; group < channels; group++) {
      int inputs = 0;
      for (int[][][] row : geometry.visibleGroups()) {
        for (int[][] tap : row) {
          inputs += 2 * tap[0][group];
        }
      }
      assertEquals(geometry.inputsBeforeCentre() + geometry.inputsAtCentre(group), inputs);
    }
  }

  /** For each group of the output R, G, B, a 1 for each visible group of the input. */
  private static String centre(Mask mask) {
    MaskGeometry geometry = new MaskGeometry(mask, 1, 1, new Features(3, 3, 3));
    int[][] groupsOfInputs = geometry.groupsOfInputs();
    StringBuilder matrix = new StringBuilder();
    for (int visible : geometry.visibleGroups()[0][0][0]) {
      matrix.append(matrix.length() == 0 ? "" : " ");
      for (int[] group : groupsOfInputs) {
        matrix.append(group[0] < visible ? '1' : '0');
      }
    }
    return matrix.toString();
  }
}
