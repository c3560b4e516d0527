package org.pixelrnn.model.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.pixelrnn.model.Sessions;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.scan.DiagonalScan;
import org.pixelrnn.model.scan.RowScan;
import org.pixelrnn.model.scan.Scan;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** Packing maps and unpacking them is the identity, and so is it for gradients. */
class MapLayoutTest {
  private static final int FEATURES = 2;

  @Example
  void thePictureOfTheClassCommentIsRight() {
    MapLayout layout = MapLayout.of(3, 4, DiagonalScan.of(3, 4, 2, 1, 1, false));
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> image =
          tf.reshape(
              tf.range(tf.constant(0f), tf.constant(12f), tf.constant(1f)),
              tf.constant(new int[] {1, 3, 4, 1}));
      List<float[]> pieces = values(graph, layout.packWithoutGradient(tf, image));
      assertEquals(2, pieces.size());
      assertArrayEquals(new float[] {0, 1, 4, 2, 5, 8}, pieces.get(0));
      assertArrayEquals(new float[] {3, 6, 9, 7, 10, 11}, pieces.get(1));
    }
  }

  @Property(tries = 25)
  void unpackIsTheInverseOfPack(
      @ForAll @IntRange(min = 1, max = 4) int height,
      @ForAll @IntRange(min = 2, max = 4) int width,
      @ForAll @IntRange(min = 0, max = 2) int pieces,
      @ForAll @IntRange(min = 2, max = 4) int n) {
    // No pieces stands for a Row LSTM.
    Scan scan =
        pieces == 0
            ? RowScan.of(height, width, 1, 1, false)
            : DiagonalScan.of(height, width, pieces, 1, 1, false);
    MapLayout layout = MapLayout.of(height, width, scan);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      int size = n * height * width * FEATURES;
      Operand<TFloat32> images =
          tf.reshape(
              tf.range(tf.constant(0f), tf.constant((float) size), tf.constant(1f)),
              tf.constant(new int[] {n, height, width, FEATURES}));
      BuildContext context = new BuildContext(tf, weight -> images);
      Weight weight = Weight.zeros("images", n, height, width, FEATURES);
      List<Operand<TFloating>> parts = parts(tf, context.rounded(weight), layout.pieces());
      List<Operand<TFloating>> packed = layout.pack(context, List.of(parts)).get(0);
      Operand<TFloat32> unpacked = Precision.float32(tf, layout.unpack(context, packed));
      Operand<TFloat32> gradient =
          context
              .chainRule()
              .gradients(tf, List.of(unpacked), List.of(images), List.of(weight))
              .get(weight);
      List<float[]> found = values(graph, List.of(images, unpacked, gradient));
      assertArrayEquals(found.get(0), found.get(1));
      assertArrayEquals(found.get(0), found.get(2));
    }
  }

  /** The first image in one part and all others in another one, or all in one. */
  private static List<Operand<TFloating>> parts(Ops tf, Operand<TFloating> images, int count) {
    if (count == 1) {
      return List.of(images);
    }
    Operand<TFloating> first =
        tf.slice(images, tf.constant(new int[4]), tf.constant(new int[] {1, -1, -1, -1}));
    Operand<TFloating> others =
        tf.slice(
            images, tf.constant(new int[] {1, 0, 0, 0}), tf.constant(new int[] {-1, -1, -1, -1}));
    return List.of(first, others);
  }

  private static List<float[]> values(Graph graph, List<Operand<TFloat32>> operands) {
    try (Session session = Sessions.unoptimized(graph)) {
      Session.Runner runner = session.runner();
      operands.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] value = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(value);
          values.add(value);
        }
        return values;
      }
    }
  }
}
