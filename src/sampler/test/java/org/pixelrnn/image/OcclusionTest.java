package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OcclusionTest {

  /** Rows of the mask from top to bottom, {@code #} hidden. */
  private static String drawn(Occlusion occlusion, int height, int width) {
    boolean[] known = occlusion.known(height, width);
    assertEquals(height * width, known.length);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < known.length; i++) {
      text.append(i > 0 && i % width == 0 ? "/" : "").append(known[i] ? '.' : '#');
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bottom:0.5  | ...../...../#####/#####
          top:0.25    | #####/...../...../.....
          left:0.4    | ##.../##.../##.../##...
          right:0.2   | ....#/....#/....#/....#
          centre:0.5  | ...../.###./.###./.....
          centre:1    | #####/#####/#####/#####
          bottom:1.0  | #####/#####/#####/#####
          top:0.001   | #####/...../...../.....
          bottom:.5   | ...../...../#####/#####
          box:1,2,3,1 | ...../...../.###./.....
          box:0,0,5,4 | #####/#####/#####/#####
          box:4,3,1,1 | ...../...../...../....#
          """)
  void hidesWhatItSays(String text, String expected) {
    assertEquals(expected, drawn(Occlusion.parse(text), 4, 5));
    assertEquals(text, Occlusion.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bottom          | there is no colon
          ''              | there is no colon
          :0.5            | '' is not a kind
          middle:0.5      | 'middle' is not a kind
          Bottom:0.5      | 'Bottom' is not a kind
          bottom:         | '' is not a number
          bottom:half     | 'half' is not a number
          bottom:NaN      | 'NaN' is not a number
          bottom:0.5f     | '0.5f' is not a number
          bottom:0.5:0.5  | '0.5:0.5' is not a number
          bottom:0        | 0 is outside (0, 1]
          left:-0.1       | -0.1 is outside (0, 1]
          right:1.01      | 1.01 is outside (0, 1]
          centre:1e400    | 1e400 is outside (0, 1]
          top:50%         | '50%' is not a number
          box:1,2,3       | 3 numbers, not four
          box:1,2,3,4,5   | 5 numbers, not four
          box:            | '' is not four whole numbers
          box:1,2,,4      | '1,2,,4' is not four
          box:1,2,3,      | '1,2,3,' is not four
          box:0.5,0,1,1   | '0.5,0,1,1' is not four
          box:-1,0,1,1    | x and y are at least 0
          box:0,0,0,1     | w and h at least 1
          box:0,0,1,-1    | w and h at least 1
          box:0,0,1,9999999999 | is not four whole numbers
          """)
  void refusesWhatItDoesNotUnderstand(String text, String why) {
    String message = assertThrows(InputException.class, () -> Occlusion.parse(text)).getMessage();
    assertTrue(message.startsWith("occlusion '" + text + "': "), message);
    assertTrue(message.contains(why), message);
    assertTrue(message.contains("expected bottom:F, top:F"), message);
    assertFalse(message.contains("\n"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"box:5,0,1,1", "box:0,4,1,1", "box:0,0,6,1", "box:3,0,2147483647,1"})
  void refusesABoxOutsideTheImage(String text) {
    Occlusion occlusion = Occlusion.parse(text);
    String message = assertThrows(InputException.class, () -> occlusion.known(4, 5)).getMessage();
    assertEquals(
        "occlusion '" + text + "': the box reaches outside an image of 4×5 (height × width)",
        message);
  }
}
