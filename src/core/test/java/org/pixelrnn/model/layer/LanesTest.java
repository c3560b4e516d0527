package org.pixelrnn.model.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.pixelrnn.model.Sessions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** Sorting pixels by turns and lanes loses nothing, and puts each pixel where the lane reads it. */
class LanesTest {
  private static final int FEATURES = 2;

  @Property(tries = 25)
  void turnsAndBackIsTheIdentity(
      @ForAll @IntRange(min = 1, max = 5) int height,
      @ForAll @IntRange(min = 1, max = 4) int count,
      @ForAll @IntRange(min = 1, max = 3) int columns,
      @ForAll @IntRange(min = 0, max = 2) int beyond,
      @ForAll @IntRange(min = 0, max = 3) int n) {
    int width = count * columns - Math.min(beyond, columns - 1);
    Lanes lanes = new Lanes(count, columns, width);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      // Each value is its own index.
      int[] indices = IntStream.range(0, n * height * width * FEATURES).toArray();
      Operand<TInt32> x =
          tf.reshape(tf.constant(indices), tf.constant(new int[] {n, height, width, FEATURES}));
      Operand<TInt32> byTurns = lanes.byTurns(tf, x, height, FEATURES);
      Operand<TInt32> back = lanes.fromTurns(tf, byTurns, height, FEATURES, tf.constant(n));
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(byTurns).fetch(back).run()) {
        assertArrayEquals(new long[] {n, height, width, FEATURES}, result.get(1).shape().asArray());
        assertArrayEquals(indices, values(result, 1));
        assertArrayEquals(
            new long[] {lanes.turns(height), (long) count * n, columns, FEATURES},
            result.get(0).shape().asArray());
        int[] turns = values(result, 0);
        for (int turn = 0; turn < lanes.turns(height); turn++) {
          for (int lane = 0; lane < count; lane++) {
            int row = turn - lane;
            if (row < 0 || row >= height) {
              continue;
            }
            for (int image = 0; image < n; image++) {
              int ofImage = Math.min(columns, width - lane * columns);
              for (int i = 0; i < columns * FEATURES; i++) {
                int first = (image * height + row) * width + lane * columns;
                int expected = i < ofImage * FEATURES ? first * FEATURES + i : 0;
                int found = ((turn * count + lane) * n + image) * columns * FEATURES + i;
                assertEquals(expected, turns[found]);
              }
            }
          }
        }
      }
    }
  }

  @Property
  void lanesShareTheWidthAndHaveEnoughColumns(
      @ForAll @IntRange(min = 1, max = 64) int width,
      @ForAll @IntRange(min = 1, max = 64) int leastColumns) {
    Lanes lanes = Lanes.of(width, leastColumns);
    assertEquals(width, lanes.width());
    assertEquals(Math.min(leastColumns, width), lanes.columns());
    int ofLastLane = width - (lanes.count() - 1) * lanes.columns();
    assertTrue(0 < ofLastLane && ofLastLane <= lanes.columns(), lanes.toString());
  }

  private static int[] values(Result result, int index) {
    TInt32 tensor = (TInt32) result.get(index);
    int[] values = new int[(int) tensor.size()];
    if (values.length > 0) {
      tensor.asRawTensor().data().asInts().read(values);
    }
    return values;
  }
}
