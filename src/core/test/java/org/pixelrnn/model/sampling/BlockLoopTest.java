package org.pixelrnn.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Sessions;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A row that is sampled in blocks is the row that is sampled at once. */
class BlockLoopTest {
  /** The seed of the condition. The seeds of the state are smaller, those of all else larger. */
  private static final int CONDITION = 100;

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void blocksGiveTheLevelsAndTheStateOfOneBlock(Network network) {
    compare(network, 3);
    compare(network, 0);
  }

  private static void compare(Network network, int images) {
    int width = network.shape().width();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      List<Operand<?>> fetched = new ArrayList<>();
      for (int columns : new int[] {width, 1, 2}) {
        SampledRow row = row(tf, network, columns, images);
        fetched.add(row.levels());
        fetched.addAll(row.state());
      }
      try (Session session = Sessions.unoptimized(graph)) {
        Session.Runner runner = session.runner();
        fetched.forEach(runner::fetch);
        try (Result result = runner.run()) {
          int tensors = fetched.size() / 3;
          for (int i = tensors; i < fetched.size(); i++) {
            if (i % tensors == 0) {
              assertEquals(levels(result, 0), levels(result, i));
            } else {
              assertArrayEquals(
                  values(result, i % tensors), values(result, i), 1e-5f, "state " + i % tensors);
            }
          }
        }
      }
    }
  }

  /** A row below a random one, with every third pixel known. */
  private static SampledRow row(Ops tf, Network network, int columns, int images) {
    ImageShape shape = network.shape();
    int width = shape.width();
    Lanes lanes = Lanes.one(width);
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (RowState s : network.rows().layerState(lanes)) {
      state.add(random(tf, state.size(), s.columns(), images, s.features()));
    }
    Optional<Operand<TFloat32>> condition =
        network
            .rows()
            .conditionRow(lanes)
            .map(row -> random(tf, CONDITION, row.columns(), images, row.features()));
    RowArguments inputs =
        new RowArguments(
            tf.constant(0),
            tf.placeholderWithDefault(
                tf.zeros(tf.constant(new int[] {images, width, shape.channels()}), TUint8.class),
                Shape.of(Shape.UNKNOWN_SIZE, width, shape.channels())),
            tf.math.less(random(tf, 101, images, width), tf.constant(-0.3f)),
            random(tf, 102, images, width * shape.channels(), shape.levels()),
            condition,
            state);
    BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 5));
    return RowSampling.of(context, network, lanes, columns, inputs).row();
  }

  /** Random numbers; the graph does not know their sizes, as in an export. */
  private static Operand<TFloat32> random(Ops tf, int seed, int... sizes) {
    long[] unknown = new long[sizes.length];
    for (int axis = 0; axis < sizes.length; axis++) {
      // The images are the second axis of a state, and the first axis of all else.
      unknown[axis] = axis == (seed > CONDITION ? 0 : 1) ? Shape.UNKNOWN_SIZE : sizes[axis];
    }
    return tf.placeholderWithDefault(
        tf.math.sub(
            tf.random.statelessRandomUniform(tf.constant(sizes), tf.constant(new int[] {seed, 1})),
            tf.constant(0.5f)),
        Shape.of(unknown));
  }

  private static List<Byte> levels(Result result, int index) {
    TUint8 tensor = (TUint8) result.get(index);
    byte[] levels = new byte[(int) tensor.size()];
    if (levels.length > 0) {
      tensor.asRawTensor().data().read(levels);
    }
    return Bytes.asList(levels);
  }

  private static float[] values(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    if (values.length > 0) {
      tensor.asRawTensor().data().asFloats().read(values);
    }
    return values;
  }
}
