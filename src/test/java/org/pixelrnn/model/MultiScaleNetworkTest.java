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
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** What the two networks of a multi-scale model have to do with one another. */
class MultiScaleNetworkTest {

  /** The image stays the same, and the small image that the full network is told of changes. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#scales")
  void everyLogitDependsOnTheSmallImage(ModelConfig config) {
    MultiScaleNetwork model = new MultiScaleNetwork(config);
    Network full = model.full();
    ImageShape shape = model.shape();
    int images = 8;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Pass pass = new Pass(tf, TinyNetworks.weights(tf, 7));
      Operand<TUint8> x = TinyNetworks.images(tf, shape, images, 1);
      List<Operand<TFloat32>> logits = new ArrayList<>();
      for (int other = 0; other < 2; other++) {
        Operand<TUint8> small =
            TinyNetworks.images(tf, model.reduction().small(), images, 2 + other);
        Operand<TFloat32> values = full.values(tf, small);
        Operand<TFloat32> upsampled = full.condition.orElseThrow().map(pass, values);
        logits.add(full.logits(pass, full.values(tf, x), Optional.of(upsampled)));
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

  /** The likelihood is a sum over all logits, and also the sum of both networks' own. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#scales")
  void theLogitsHaveAllOfTheLikelihood(ModelConfig config) {
    MultiScaleNetwork model = new MultiScaleNetwork(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Pass pass = new Pass(tf, TinyNetworks.weights(tf, 7));
      Operand<TUint8> x = TinyNetworks.images(tf, model.shape(), 5, 1);
      ImageModel.Scores scores = model.scores(pass, x);
      Operand<TFloat32> fromLogits = Likelihood.of(tf, scores.logits(), x).logProb();
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
    // Of 0, 1, 4, 5: 2.5, which is rounded up.
    assertArrayEquals(
        new int[] {3, 5, 11, 13}, reduced(new Reduction(new ImageShape(4, 4, 1, 16), 2, true)));
  }

  /** Of the image 0 … 15. */
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
  void aPixelOfASmallImageIsKnownWhenWhatItIsMadeOfIs() {
    boolean[] image = new boolean[16];
    // All of the first cell, the upper left pixel of the second, all but that of the third.
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
