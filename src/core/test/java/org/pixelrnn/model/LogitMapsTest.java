package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.Floats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Logits, likelihood and gradients do not depend on the layout of the maps. */
class LogitMapsTest {
  private static final int IMAGES = 3;

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void piecesGiveTheSameLogitsLikelihoodAndGradients(Network network) {
    List<float[]> whole = found(network, 1);
    List<float[]> inPieces = found(network, network.pieces());
    assertEquals(4 + network.weights().size(), whole.size());
    for (int i = 1; i < whole.size(); i++) {
      float largest = Math.max(Floats.max(whole.get(i)), -Floats.min(whole.get(i)));
      assertArrayEquals(whole.get(i), inPieces.get(i), 2e-6f * (50 + largest), "result " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void theLikelihoodCountsEachUnknownPixelOnce(Network network) {
    List<float[]> found = found(network, 1);
    float[] images = found.get(0);
    float[] logits = found.get(1);
    ImageShape shape = network.shape();
    for (int n = 0; n < IMAGES; n++) {
      double sum = 0;
      for (int i = 0; i < shape.dimensions(); i++) {
        int pixel = i / shape.channels();
        int row = pixel / shape.width();
        int column = pixel % shape.width();
        if (network.condition.map(c -> c.isKnown(row, column)).orElse(false)) {
          continue;
        }
        int subPixel = n * shape.dimensions() + i;
        double total = 0;
        for (int level = 0; level < shape.levels(); level++) {
          total += Math.exp(logits[subPixel * shape.levels() + level]);
        }
        sum += logits[subPixel * shape.levels() + (int) images[subPixel]] - Math.log(total);
      }
      assertEquals(sum, found.get(2)[n], 1e-5 * (1 + Math.abs(sum)), "image " + n);
      assertEquals(sum, found.get(3)[n], 1e-5 * (1 + Math.abs(sum)), "image " + n);
    }
  }

  /**
   * Random images, their logits, {@code log p(x)} of each in both ways, and the gradient of each
   * weight.
   */
  private static List<float[]> found(Network network, int pieces) {
    ImageShape shape = network.shape();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images = TinyNetworks.images(tf, shape, IMAGES, 3);
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 7));
      LogitMaps maps = network.logitMaps(context, images, pieces);
      LogLikelihood likelihood = maps.likelihood(tf, images);
      Map<Weight, Operand<TFloat32>> gradients =
          context
              .chainRule()
              .gradients(
                  tf,
                  maps.logits(),
                  likelihood.logitsGradients(tf, tf.constant(new float[] {1, 2, 3})),
                  network.weights());
      List<Operand<TFloat32>> all = new ArrayList<>();
      all.add(tf.dtypes.cast(images, TFloat32.class));
      all.add(maps.asImages(context));
      all.add(likelihood.logProb());
      all.add(maps.logProb(tf, images));
      all.addAll(gradients.values());
      try (Session session = Sessions.unoptimized(graph)) {
        Session.Runner runner = session.runner();
        all.forEach(runner::fetch);
        try (Result result = runner.run()) {
          List<float[]> values = new ArrayList<>();
          for (int i = 0; i < all.size(); i++) {
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
}
