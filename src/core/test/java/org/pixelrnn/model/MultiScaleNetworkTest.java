package org.pixelrnn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** The two networks of a multi-scale model work together. */
class MultiScaleNetworkTest {

  /** Changes the small image that the full network is conditioned on, and nothing else. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#scales")
  void everyLogitDependsOnTheSmallImage(ModelConfig config) {
    MultiScaleNetwork model = new MultiScaleNetwork(config);
    Network full = model.full();
    ImageShape shape = model.shape();
    int images = 8;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 7));
      Operand<TUint8> x = TinyNetworks.images(tf, shape, images, 1);
      List<Operand<TFloat32>> logits = new ArrayList<>();
      for (int other = 0; other < 2; other++) {
        Operand<TUint8> small =
            TinyNetworks.images(tf, model.reduction().small(), images, 2 + other);
        logits.add(
            full.logitsOfValues(
                context,
                full.inputValues().ofImages(tf, x),
                Optional.of(full.upsampled(context, small))));
      }
      Operand<TFloat32> change =
          tf.reduceSum(tf.math.abs(tf.math.sub(logits.get(0), logits.get(1))), tf.constant(0));
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(change).run()) {
        ((TFloat32) result.get(0))
            .scalars()
            .forEachIndexed(
                (at, scalar) -> assertTrue(scalar.getFloat() > 0, "logit " + Arrays.toString(at)));
      }
    }
  }

  /** The likelihood from the logits of all pixels equals the sum of both networks' likelihoods. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#scales")
  void theLikelihoodFollowsFromTheLogits(ModelConfig config) {
    MultiScaleNetwork model = new MultiScaleNetwork(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 7));
      Operand<TUint8> x = TinyNetworks.images(tf, model.shape(), 5, 1);
      ImageModel.Scores scores = model.scores(context, x);
      Operand<TFloat32> fromLogits = LogLikelihood.of(tf, scores.logits(), x).logProb();
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(fromLogits).fetch(scores.logProb()).run()) {
        assertArrayEquals(floats(result, 0), floats(result, 1), 1e-4f);
      }
    }
  }

  @Test
  void aSubsampleHasTheUpperLeftPixelOfEachCell() {
    assertArrayEquals(
        new int[] {0, 2, 8, 10}, reduced(new Reduction(new ImageShape(4, 4, 1, 16), 2, false)));
  }

  @Test
  void aBoxFilterHasTheMeans() {
    // The mean of 0, 1, 4 and 5 is 2.5, which is rounded up.
    assertArrayEquals(
        new int[] {3, 5, 11, 13}, reduced(new Reduction(new ImageShape(4, 4, 1, 16), 2, true)));
  }

  /** The small image of the 4×4 image with the levels 0 … 15. */
  private static int[] reduced(Reduction reduction) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> image =
          tf.dtypes.cast(
              tf.reshape(
                  tf.range(tf.constant(0), tf.constant(16), tf.constant(1)),
                  tf.constant(new int[] {1, 4, 4, 1})),
              TUint8.class);
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(reduction.of(tf, image)).run()) {
        TUint8 found = (TUint8) result.get(0);
        int[] levels = new int[4];
        for (int i = 0; i < 4; i++) {
          levels[i] = found.getByte(0, i / 2, i % 2, 0);
        }
        return levels;
      }
    }
  }

  @Test
  void aSmallPixelIsKnownIfThePixelsThatItIsMadeOfAreKnown() {
    boolean[] image = new boolean[16];
    // The whole first cell, the upper left pixel of the second cell, and all pixels of the third
    // cell but the upper left one.
    for (int known : new int[] {0, 1, 4, 5, 2, 9, 12, 13}) {
      image[known] = true;
    }
    ImageShape shape = new ImageShape(4, 4, 1, 2);
    assertEquals(List.of(true, true, false, false), known(new Reduction(shape, 2, false), image));
    assertEquals(List.of(true, false, false, false), known(new Reduction(shape, 2, true), image));
  }

  private static List<Boolean> known(Reduction reduction, boolean[] pixels) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TBool> known = tf.reshape(tf.constant(pixels), tf.constant(new int[] {1, 4, 4}));
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(reduction.known(tf, known)).run()) {
        List<Boolean> found = new ArrayList<>();
        ((TBool) result.get(0)).scalars().forEach(scalar -> found.add(scalar.getObject()));
        return found;
      }
    }
  }

  private static float[] floats(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
