package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.RowLstm;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Pixels see exactly what the definitions of the layers say. */
class ReceptiveFieldTest {
  private record Pixel(int row, int column) {}

  /** The pixels of a layer's input that one of its outputs sees directly or by recurrence. */
  private interface Seen {
    Stream<Pixel> by(Pixel pixel);
  }

  static Stream<Arguments> pixels() {
    return Stream.of(
        Arguments.of(7, 9, 6, 4),
        Arguments.of(7, 9, 6, 8),
        Arguments.of(9, 6, 8, 1),
        Arguments.of(5, 5, 0, 3));
  }

  @ParameterizedTest
  @MethodSource("pixels")
  void aDiagonalBiLstmSeesEveryEarlierPixelButOne(int height, int width, int row, int column) {
    ModelConfig config =
        network(height, width, 1).setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance()).build();
    Set<Pixel> earlier = new HashSet<>();
    for (int i = 0; i < row * width + column; i++) {
      earlier.add(new Pixel(i / width, i % width));
    }
    // The last pixel of the row above: the first convolution shows it to no pixel of its own row,
    // and to the row below only three columns to the left.
    if (column + 3 < width - 1) {
      earlier.remove(new Pixel(row - 1, width - 1));
    }
    assertEquals(earlier, measured(config, row, column));
  }

  @ParameterizedTest
  @MethodSource("pixels")
  void aRowLstmSeesItsTriangle(int height, int width, int row, int column) {
    ModelConfig config = network(height, width, 2).setRowLstm(RowLstm.getDefaultInstance()).build();
    // Above, one more on each side a row; what is fed in there is a pixel and its left neighbour.
    Seen layer =
        p ->
            offsets(p, -p.row, 0)
                .filter(q -> Math.abs(q.column - p.column) <= p.row - q.row)
                .flatMap(q -> Stream.of(q, new Pixel(q.row, q.column - 1)));
    assertEquals(
        defined(config, List.of(layer, layer), row, column), measured(config, row, column));
  }

  @ParameterizedTest
  @MethodSource("pixels")
  void aPixelCnnSeesTheConeOfItsMasks(int height, int width, int row, int column) {
    ModelConfig config =
        network(height, width, 3).setPixelCnn(PixelCnn.getDefaultInstance()).build();
    Seen layer =
        p ->
            offsets(p, -1, 0)
                .filter(q -> Math.abs(q.column - p.column) <= 1)
                .filter(q -> q.row < p.row || q.column <= p.column);
    assertEquals(
        defined(config, List.of(layer, layer, layer), row, column), measured(config, row, column));
  }

  /** All pixels in some rows relative to one. */
  private static Stream<Pixel> offsets(Pixel from, int first, int last) {
    Stream.Builder<Pixel> all = Stream.builder();
    for (int row = from.row + first; row <= from.row + last; row++) {
      for (int column = from.column - 20; column <= from.column + 20; column++) {
        all.add(new Pixel(row, column));
      }
    }
    return all.build();
  }

  /** Back through the layers, never by way of a pixel outside, to the 7×7 mask A. */
  private static Set<Pixel> defined(ModelConfig config, List<Seen> layers, int row, int column) {
    Set<Pixel> pixels = Set.of(new Pixel(row, column));
    Deque<Seen> back = new ArrayDeque<>(layers);
    back.add(
        p ->
            offsets(p, -3, 0)
                .filter(q -> Math.abs(q.column - p.column) <= 3)
                .filter(q -> q.row < p.row || q.column < p.column));
    while (!back.isEmpty()) {
      Seen layer = back.pop();
      Set<Pixel> seen = new HashSet<>();
      for (Pixel pixel : pixels) {
        layer
            .by(pixel)
            .filter(q -> q.row >= 0 && q.column >= 0 && q.column < config.getWidth())
            .forEach(seen::add);
      }
      pixels = seen;
    }
    return pixels;
  }

  private static Set<Pixel> measured(ModelConfig config, int row, int column) {
    Network network = new Network(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images =
          tf.dtypes.cast(
              tf.random.statelessRandomUniformInt(
                  tf.constant(new int[] {48, config.getHeight(), config.getWidth(), 1}),
                  tf.constant(new long[] {1, 2}),
                  tf.constant(0),
                  tf.constant(config.getLevels())),
              TUint8.class);
      Pass pass = new Pass(tf, TinyNetworks.weights(tf, 2));
      Operand<TFloat32> field = ReceptiveField.of(pass, network, images, row, column);
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(field).run()) {
        TFloat32 found = (TFloat32) result.get(0);
        Set<Pixel> seen = new HashSet<>();
        for (int r = 0; r < config.getHeight(); r++) {
          for (int q = 0; q < config.getWidth(); q++) {
            if (found.getFloat(r, q, 0) != 0) {
              seen.add(new Pixel(r, q));
            }
          }
        }
        return seen;
      }
    }
  }

  private static ModelConfig.Builder network(int height, int width, int layers) {
    return ModelConfig.newBuilder()
        .setHeight(height)
        .setWidth(width)
        .setLayers(layers)
        .setH(6)
        .setHeadWidth(12);
  }
}
