package org.pixelrnn.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.ImageDrawing;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.RowDrawing;
import org.pixelrnn.model.State;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Drawing row by row: {@code start} gives the state above the first row, {@code next_row} a row and
 * the state for the one below. A state's parts are called {@code state_*}.
 */
final class RowSignatures {
  private static final String SMALL = "state_small";

  private final Network network;
  private final Ops tf;
  private final Signatures signatures;

  /**
   * The signatures of a network.
   *
   * @param network that rows are drawn from
   */
  RowSignatures(Network network, Ops tf, Signatures signatures) {
    this.network = network;
    this.tf = tf;
    this.signatures = signatures;
  }

  /**
   * {@code start}.
   *
   * @param given by its name, what images are begun from
   * @param state above the first row
   * @param small the small images that rows copy pixels from, if they do
   */
  void start(
      Map<String, Operand<?>> given,
      List<Operand<TFloat32>> state,
      Optional<Operand<TUint8>> small) {
    signatures.add("start", given, states(state, small.map(tf::identity)));
  }

  /** Draws a row; {@code small} as {@link #start} was given them. */
  @FunctionalInterface
  interface NextRow {
    ImageDrawing.DrawnRow draw(Optional<Operand<TUint8>> small, RowDrawing.Inputs inputs);
  }

  /**
   * {@code next_row}.
   *
   * @param smallShape of the small images that rows copy pixels from, if they do
   */
  void nextRow(RandomInputs random, Optional<ImageShape> smallShape, NextRow nextRow) {
    ImageShape shape = network.shape();
    Operand<TInt32> row = signatures.input("row", TInt32.class);
    Operand<TUint8> knownValues =
        signatures.input("known_values", TUint8.class, -1, shape.width(), shape.channels());
    Operand<TBool> known = signatures.input("row_known", TBool.class, -1, shape.width());
    List<Operand<TFloat32>> state =
        network.state().stream()
            .map(s -> signatures.input(key(s), TFloat32.class, s.shape().asArray()))
            .toList();
    Optional<Operand<TUint8>> small =
        smallShape.map(
            s -> signatures.input(SMALL, TUint8.class, -1, s.height(), s.width(), s.channels()));
    ImageDrawing.DrawnRow drawn =
        nextRow.draw(
            small,
            new RowDrawing.Inputs(
                state,
                row,
                tf.constant(0),
                knownValues,
                known,
                random.seed(),
                random.temperature()));
    Map<String, Operand<?>> inputs = states(state, small);
    inputs.put("row", row);
    inputs.put("known_values", knownValues);
    inputs.put("known", known);
    inputs.put("seed", random.seed());
    inputs.put("temperature", random.temperature());
    Map<String, Operand<?>> outputs = states(drawn.state(), small.map(tf::identity));
    outputs.put("values", drawn.levels());
    signatures.add("next_row", inputs, outputs);
  }

  private Map<String, Operand<?>> states(
      List<Operand<TFloat32>> state, Optional<? extends Operand<TUint8>> small) {
    Map<String, Operand<?>> named = new LinkedHashMap<>();
    for (int i = 0; i < state.size(); i++) {
      named.put(key(network.state().get(i)), state.get(i));
    }
    small.ifPresent(images -> named.put(SMALL, images));
    return named;
  }

  private static String key(State state) {
    return "state_" + state.name().replace('/', '_');
  }
}
