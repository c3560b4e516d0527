package org.pixelrnn.model.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Sessions;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Images that are sampled row by row are those that are sampled in lanes. */
class LanesOrRowsTest {
  private static final int IMAGES = 3;

  static Stream<Named<ModelConfig>> inLanes() {
    return TinyNetworks.named()
        .filter(named -> network(ImageModel.of(named.getPayload())).rows().lanes().count() > 1);
  }

  private static Network network(ImageModel model) {
    return model instanceof MultiScaleNetwork scales ? scales.full() : (Network) model;
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("inLanes")
  void rowsGiveTheImagesOfLanes(ModelConfig config) {
    ImageModel model = ImageModel.of(config);
    List<Byte> inLanes = images(model, IMAGES + 1);
    assertEquals(inLanes, images(model, IMAGES));
    assertTrue(Set.copyOf(inLanes).size() > 1, "all levels are the same");
  }

  /** Samples whole images of which every third pixel is known. */
  private static List<Byte> images(ImageModel model, int manyImages) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 5));
      Operand<TUint8> given = TinyNetworks.images(tf, model.shape(), IMAGES, 9);
      SamplingInputs inputs =
          new SamplingInputs(
              given, everyThird(tf, model.shape()), tf.constant(7L), tf.constant(1f));
      Operand<TUint8> images;
      try (NetworkSampler sampler = new NetworkSampler(network(model), manyImages)) {
        images =
            model instanceof MultiScaleNetwork scales
                ? sampler.sample(context, scales.reduction().of(tf, given), inputs)
                : sampler.sample(context, inputs);
      }
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(images).run()) {
        TUint8 tensor = (TUint8) result.get(0);
        byte[] levels = new byte[(int) tensor.size()];
        tensor.asRawTensor().data().read(levels);
        return Bytes.asList(levels);
      }
    }
  }

  private static Operand<TBool> everyThird(Ops tf, ImageShape shape) {
    Operand<TInt32> pixels =
        tf.range(tf.constant(0), tf.constant(IMAGES * shape.pixels()), tf.constant(1));
    return tf.math.equal(
        tf.math.mod(
            tf.reshape(pixels, tf.constant(new int[] {IMAGES, shape.height(), shape.width()})),
            tf.constant(3)),
        tf.constant(0));
  }
}
