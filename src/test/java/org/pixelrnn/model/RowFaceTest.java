package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Both faces of a network are the same function: along rows, and over whole images. */
class RowFaceTest {
  private static final int IMAGES = 3;

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void logitsAlongRowsAreThoseOfTheWholeImage(Network network) {
    ImageShape shape = network.shape();
    try (Graph graph = new Graph();
        ImageDrawing drawing = new ImageDrawing(network)) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images =
          tf.dtypes.cast(
              tf.random.statelessRandomUniformInt(
                  tf.constant(new int[] {IMAGES, shape.height(), shape.width(), shape.channels()}),
                  tf.constant(new long[] {1, 2}),
                  tf.constant(0),
                  tf.constant(shape.levels())),
              TUint8.class);
      Pass pass = new Pass(tf, TinyNetworks.weights(tf, 5));
      Operand<TFloat32> whole = network.logits(pass, images);
      Operand<TFloat32> alongRows = alongRows(pass, network, drawing, images);
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(whole).fetch(alongRows).run()) {
        float[] expected = values(result, 0);
        float[] found = values(result, 1);
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], found[i], 1e-5 * (1 + Math.abs(expected[i])), "logit " + i);
        }
      }
    }
  }

  /** Draws rows all of whose pixels are known. */
  private static Operand<TFloat32> alongRows(
      Pass pass, Network network, ImageDrawing drawing, Operand<TUint8> images) {
    Ops tf = pass.tf();
    ImageShape shape = network.shape();
    Operand<TBool> known =
        tf.fill(tf.constant(new int[] {IMAGES, shape.width()}), tf.constant(true));
    List<Operand<TFloat32>> state = TinyNetworks.start(pass, drawing, network, images, IMAGES);
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (int row = 0; row < shape.height(); row++) {
      Operand<TUint8> levels = tf.gather(images, tf.constant(row), tf.constant(1));
      RowDrawing drawn =
          RowDrawing.of(
              pass,
              network,
              new RowDrawing.Inputs(
                  state,
                  tf.constant(row),
                  tf.constant(0),
                  levels,
                  known,
                  tf.constant(1L),
                  tf.constant(1f)));
      rows.add(tf.stack(drawn.logits(), Stack.axis(1L)));
      state = drawn.state();
    }
    return tf.reshape(
        tf.stack(rows, Stack.axis(1L)),
        tf.constant(
            new int[] {IMAGES, shape.height(), shape.width(), shape.channels(), shape.levels()}));
  }

  private static float[] values(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
