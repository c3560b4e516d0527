package org.pixelrnn.model.sampling;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowwiseNetwork;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.layer.Lanes;
import org.pixelrnn.model.layer.RowState;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The arguments of {@link RowSamplingFunction}, apart from the weights. {@code columns} is the
 * width of the image, or of a lane; read {@code lanes · n} for n if there are several lanes.
 *
 * @param turn the number of the turn, {@code []}; not read if there is one lane
 * @param levels level indices of known pixels, {@code [n, columns, channels]}
 * @param known true for known pixels, {@code [n, columns]}
 * @param noise what is added to the logits, {@code [n, columns · channels, levels]}, see {@link
 *     GumbelNoise}
 * @param condition the maps of this row, if the network is conditioned, {@code [columns, n,
 *     features]}, padding included
 * @param state what the rows above have left, as {@link RowwiseNetwork#layerState}
 */
record RowArguments(
    Operand<TInt32> turn,
    Operand<TUint8> levels,
    Operand<TBool> known,
    Operand<TFloat32> noise,
    Optional<Operand<TFloat32>> condition,
    List<Operand<TFloat32>> state) {

  /** The arguments that sample one turn. */
  static RowArguments of(Ops tf, Network network, Lanes lanes, TurnInputs inputs) {
    SamplingInputs given = inputs.given();
    return new RowArguments(
        inputs.turn(),
        given.images(),
        given.known(),
        GumbelNoise.of(tf, inputs.uniform(), given.temperature()),
        network.rows().conditionOfTurn(tf, inputs.state(), lanes, inputs.turn()),
        inputs.state().subList(0, network.rows().layerState(lanes).size()));
  }

  /** The arguments that sample one row of each image. */
  static RowArguments of(Ops tf, Network network, RowInputs inputs) {
    ImageShape shape = network.shape();
    Operand<TFloat32> uniform =
        tf.reshape(
            inputs.noise(),
            tf.constant(new int[] {-1, shape.width() * shape.channels(), shape.levels()}));
    Operand<TFloat32> temperature =
        tf.reshape(inputs.temperature(), tf.constant(new int[] {-1, 1, 1}));
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (int i = 0; i < network.rows().layerState(Lanes.one(shape.width())).size(); i++) {
      state.add(swapped(tf, inputs.state().get(i)));
    }
    return new RowArguments(
        tf.constant(0),
        inputs.levels(),
        inputs.known(),
        GumbelNoise.of(tf, uniform, temperature),
        network.rows().conditionOfRows(tf, inputs.state(), inputs.rows()),
        List.copyOf(state));
  }

  /** Swaps the first two axes, the images and the columns. */
  static Operand<TFloat32> swapped(Ops tf, Operand<TFloat32> state) {
    return tf.linalg.transpose(state, tf.constant(new int[] {1, 0, 2}));
  }

  /** All arguments, in the order in which {@link #arguments} reads them. */
  List<Operand<?>> inOrder() {
    ImmutableList.Builder<Operand<?>> all = ImmutableList.builder();
    all.add(turn, levels, known, noise);
    condition.ifPresent(all::add);
    return all.addAll(state).build();
  }

  /** The next arguments of a graph function, in the order of {@link #inOrder}. */
  static RowArguments arguments(GraphFunction function, Network network, Lanes lanes) {
    long any = Shape.UNKNOWN_SIZE;
    ImageShape shape = network.shape();
    Operand<TInt32> turn = function.argument(TInt32.class);
    Operand<TUint8> levels =
        function.argument(TUint8.class, any, lanes.columns(), shape.channels());
    Operand<TBool> known = function.argument(TBool.class, any, lanes.columns());
    Operand<TFloat32> noise =
        function.argument(
            TFloat32.class, any, (long) lanes.columns() * shape.channels(), shape.levels());
    Optional<Operand<TFloat32>> condition =
        network
            .rows()
            .conditionRow(lanes)
            .map(row -> function.argument(TFloat32.class, row.shape().asArray()));
    return new RowArguments(
        turn,
        levels,
        known,
        noise,
        condition,
        RowState.arguments(function, network.rows().layerState(lanes)));
  }
}
