package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
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

/** A measured receptive field is exactly the field that the layers' definitions give. */
class ReceptiveFieldTest {

  static Stream<Arguments> pixels() {
    return Stream.of(
        Arguments.of(7, 9, 6, 4),
        Arguments.of(7, 9, 6, 8),
        Arguments.of(9, 6, 8, 1),
        Arguments.of(5, 5, 0, 3));
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("pixels")
  void diagonalBiLstm(int height, int width, int row, int column) {
    DiagonalBiLstm kind = DiagonalBiLstm.getDefaultInstance();
    check(network(height, width, 1).setDiagonalBilstm(kind), row, column);
    check(network(height, width, 2).setSkip(true).setDiagonalBilstm(kind), row, column);
  }

  @ParameterizedTest
  @MethodSource("pixels")
  void rowLstm(int height, int width, int row, int column) {
    RowLstm kind = RowLstm.getDefaultInstance();
    check(network(height, width, 2).setRowLstm(kind), row, column);
    check(network(height, width, 1).setResidual(false).setRowLstm(kind), row, column);
  }

  @ParameterizedTest
  @MethodSource("pixels")
  void pixelCnn(int height, int width, int row, int column) {
    PixelCnn kind = PixelCnn.getDefaultInstance();
    check(network(height, width, 3).setPixelCnn(kind), row, column);
    check(network(height, width, 1).setResidual(false).setPixelCnn(kind), row, column);
    check(network(height, width, 2).setPixelCnn(kind.toBuilder().setKernel(5)), row, column);
  }

  /** Checks grey images, and colour images, where a pixel also sees its own red and green. */
  private static void check(ModelConfig.Builder network, int row, int column) {
    for (int channels : new int[] {1, 3}) {
      ModelConfig config = network.setChannels(channels).build();
      VisiblePixels defined = VisiblePixels.of(config, row, column);
      Set<String> expected = new TreeSet<>();
      for (int r = 0; r < config.getHeight(); r++) {
        for (int c = 0; c < config.getWidth(); c++) {
          for (int channel = 0; channel < channels; channel++) {
            if (defined.contains(r, c, channel)) {
              expected.add(r + "," + c + "," + channel);
            }
          }
        }
      }
      assertEquals(expected, measured(config, row, column));
    }
  }

  /** The sub-pixels with a gradient. */
  private static Set<String> measured(ModelConfig config, int row, int column) {
    Network network = new Network(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images = TinyNetworks.images(tf, ImageShape.of(config), 48, 1);
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 2));
      Operand<TFloat32> field = ReceptiveField.of(context, network, images, row, column);
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(field).run()) {
        TFloat32 found = (TFloat32) result.get(0);
        Set<String> seen = new TreeSet<>();
        found
            .scalars()
            .forEachIndexed(
                (at, value) -> {
                  if (value.getFloat() != 0) {
                    seen.add(at[0] + "," + at[1] + "," + at[2]);
                  }
                });
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
