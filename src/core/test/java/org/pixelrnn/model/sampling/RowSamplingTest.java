package org.pixelrnn.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.Floats;
import java.util.ArrayList;
import java.util.List;
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
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A network gives the same logits along rows as over whole images. */
class RowSamplingTest {
  private static final int IMAGES = 3;

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void rowsHaveTheLogitsOfTheWholeImage(Network network) {
    compare(network, Lanes.one(network.shape().width()));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#networks")
  void rowsInLanesHaveTheLogitsOfTheWholeImage(Network network) {
    compare(network, network.rows().lanes());
  }

  private static void compare(Network network, Lanes lanes) {
    ImageShape shape = network.shape();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images = TinyNetworks.images(tf, shape, IMAGES, 1);
      BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, 5));
      Operand<TFloat32> whole = network.logits(context, images);
      Operand<TFloat32> byTurns = byTurns(context, network, lanes, images);
      try (Session session = Sessions.unoptimized(graph);
          Result result = session.runner().fetch(whole).fetch(byTurns).run()) {
        float[] expected = values(result, 0);
        float largest = Math.max(Floats.max(expected), -Floats.min(expected));
        assertArrayEquals(expected, values(result, 1), 1e-6f * (10 + largest));
      }
    }
  }

  /** Samples all turns with every pixel known, and returns their logits as those of images. */
  private static Operand<TFloat32> byTurns(
      BuildContext context, Network network, Lanes lanes, Operand<TUint8> images) {
    Ops tf = context.tf();
    ImageShape shape = network.shape();
    int batch = lanes.count() * IMAGES;
    Operand<TBool> known =
        tf.fill(tf.constant(new int[] {batch, lanes.columns()}), tf.constant(true));
    Operand<TUint8> byTurns = lanes.byTurns(tf, images, shape.height(), shape.channels());
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (RowState s : network.rows().state(lanes)) {
      state.add(
          tf.zeros(tf.constant(new int[] {s.columns(), batch, s.features()}), TFloat32.class));
    }
    TinyNetworks.reduction(network)
        .map(reduction -> network.upsampled(context, reduction.of(tf, images)))
        .ifPresent(
            upsampled ->
                state.set(state.size() - 1, network.rows().conditionState(tf, upsampled, lanes)));
    List<Operand<TFloat32>> turns = new ArrayList<>();
    List<Operand<TUint8>> levels = new ArrayList<>();
    for (int turn = 0; turn < lanes.turns(shape.height()); turn++) {
      RowSampling sampling =
          RowSampling.of(
              context,
              network,
              lanes,
              lanes.columns(),
              RowArguments.of(
                  tf,
                  network,
                  lanes,
                  new TurnInputs(
                      tf.constant(turn),
                      tf.fill(
                          tf.constant(
                              new int[] {
                                batch, lanes.columns() * shape.channels(), shape.levels()
                              }),
                          tf.constant(0.5f)),
                      new SamplingInputs(
                          tf.gather(byTurns, tf.constant(turn), tf.constant(0)),
                          known,
                          tf.constant(1L),
                          tf.constant(1f)),
                      List.copyOf(state))));
      SampledRow row = sampling.row();
      assertEquals(
          network.rows().layerState(lanes).stream()
              .map(RowState::shape)
              .map(Shape::numDimensions)
              .toList(),
          row.state().stream().map(s -> s.shape().numDimensions()).toList());
      turns.add(
          tf.reshape(
              tf.stack(sampling.logits(), Stack.axis(1L)),
              tf.constant(new int[] {batch, lanes.columns(), shape.channels() * shape.levels()})));
      levels.add(row.levels());
      for (int i = 0; i < row.state().size(); i++) {
        state.set(i, row.state().get(i));
      }
    }
    Operand<TUint8> sampledLevels =
        lanes.fromTurns(
            tf, tf.stack(levels), shape.height(), shape.channels(), tf.constant(IMAGES));
    Operand<TFloat32> logits =
        lanes.fromTurns(
            tf,
            tf.stack(turns),
            shape.height(),
            shape.channels() * shape.levels(),
            tf.constant(IMAGES));
    // The result is NaN if a known pixel has changed.
    Operand<TBool> unchanged =
        tf.reduceAll(tf.math.equal(sampledLevels, images), tf.constant(new int[] {0, 1, 2, 3}));
    return tf.select(
        unchanged,
        tf.reshape(
            logits,
            tf.constant(
                new int[] {
                  IMAGES, shape.height(), shape.width(), shape.channels(), shape.levels()
                })),
        tf.constant(Float.NaN));
  }

  private static float[] values(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
