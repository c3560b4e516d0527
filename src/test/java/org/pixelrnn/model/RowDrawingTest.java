package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** The two faces of a network are one: rows drawn with a cache see what whole images see. */
class RowDrawingTest {
  private static final int COUNT = 3;
  private static final long SEED = 5;

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void logitsOnTheWayAlongKnownRowsAreThoseOfTheWholeImages(Network network) {
    Images images = random(network.shape());
    float[] byRows = new float[COUNT * images.shape().dimensions() * images.shape().levels()];
    byte[] levels = new byte[COUNT * images.shape().dimensions()];
    drawKnown(network, images, byRows, levels);
    assertArrayEquals(images.levels(), levels);
    try (LiveNetwork whole = new LiveNetwork(network, SEED)) {
      assertArrayEquals(whole.logits(images), byRows, 1e-5f);
    }
  }

  /** All rows of images that are wholly known, through {@link RowDrawing}. */
  private static void drawKnown(Network network, Images images, float[] logits, byte[] levels) {
    ImageShape shape = network.shape();
    try (Graph graph = new Graph();
        ImageDrawing drawing = new ImageDrawing(network)) {
      Ops tf = Ops.create(graph);
      Pass pass = new Pass(tf, TinyNetworks.weights(tf, SEED));
      Operand<TUint8> values = constant(tf, images);
      Operand<TBool> known =
          tf.fill(tf.constant(new int[] {COUNT, shape.width()}), tf.constant(true));
      List<Operand<TFloat32>> state = TinyNetworks.start(pass, drawing, network, values, COUNT);
      List<Operand<TFloat32>> allLogits = new ArrayList<>();
      List<Operand<TUint8>> allLevels = new ArrayList<>();
      for (int row = 0; row < shape.height(); row++) {
        RowDrawing drawn =
            RowDrawing.of(
                pass,
                network,
                new RowDrawing.Inputs(
                    state,
                    tf.constant(row),
                    tf.constant(0),
                    tf.gather(values, tf.constant(row), tf.constant(1)),
                    known,
                    tf.constant(1L),
                    tf.constant(1f)));
        state = drawn.state();
        allLogits.addAll(drawn.logits());
        allLevels.add(drawn.levels());
      }
      assertEquals(
          network.state().stream().map(State::shape).map(Shape::numDimensions).toList(),
          state.stream().map(s -> s.shape().numDimensions()).toList());
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(tf.stack(allLogits, Stack.axis(1L)))
                  .fetch(tf.stack(allLevels, Stack.axis(1L)))
                  .run()) {
        ((TFloat32) result.get(0)).copyTo(DataBuffers.of(logits, false, false));
        ((TUint8) result.get(1)).copyTo(DataBuffers.of(levels, false, false));
      }
    }
  }

  private static Operand<TUint8> constant(Ops tf, Images images) {
    ImageShape shape = images.shape();
    int[] values =
        IntStream.range(0, images.levels().length)
            .map(i -> Byte.toUnsignedInt(images.levels()[i]))
            .toArray();
    return tf.dtypes.cast(
        tf.reshape(
            tf.constant(values),
            tf.constant(
                new int[] {images.count(), shape.height(), shape.width(), shape.channels()})),
        TUint8.class);
  }

  private static Images random(ImageShape shape) {
    Random random = new Random(2);
    byte[] levels = new byte[COUNT * shape.dimensions()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) random.nextInt(shape.levels());
    }
    return Images.of(shape, levels);
  }
}
