package org.pixelrnn.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.layer.RowState;
import org.pixelrnn.model.sampling.RowInputs;
import org.pixelrnn.model.sampling.SampledRow;
import org.pixelrnn.model.sampling.SamplingInputs;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The signatures that sample row by row. {@code start} gives the state above the first row. {@code
 * next_row} gives one row and the state for the row below. {@code next_row_with_noise} does the
 * same, but takes its random numbers as an input, and a row number and a temperature for each
 * image. The tensors of a state are named {@code state_*}, and the images are their first axis.
 */
final class RowSignatures {
  private static final String SMALL = "state_small";

  private final Network network;
  private final Ops tf;
  private final Signatures signatures;

  /**
   * The signatures of a network.
   *
   * @param network the network that rows are sampled from
   */
  RowSignatures(Network network, Ops tf, Signatures signatures) {
    this.network = network;
    this.tf = tf;
    this.signatures = signatures;
  }

  /**
   * Adds {@code start}.
   *
   * @param inputs the inputs of the signature, by name
   * @param state the state above the first row
   * @param small the small images that rows copy pixels from, if they copy pixels
   */
  void addStart(
      Map<String, Operand<?>> inputs,
      List<Operand<TFloat32>> state,
      Optional<Operand<TUint8>> small) {
    signatures.add("start", inputs, named(state, small.map(tf::identity)));
  }

  /** Samples a row; {@code small} is what {@link #addStart} was given. */
  @FunctionalInterface
  interface NextRow {
    SampledRow sample(Optional<Operand<TUint8>> small, RowInputs inputs);
  }

  /**
   * Adds {@code next_row} and {@code next_row_with_noise}.
   *
   * @param placeholders hold the seed and the temperature
   * @param smallShape the shape of the small images that rows copy pixels from, if they copy pixels
   */
  void addNextRows(
      SamplingPlaceholders placeholders, Optional<ImageShape> smallShape, NextRow nextRow) {
    ImageShape shape = network.shape();
    Operand<TUint8> knownValues =
        signatures.input("known_values", TUint8.class, -1, shape.width(), shape.channels());
    Operand<TBool> known = signatures.input("row_known", TBool.class, -1, shape.width());
    List<Operand<TFloat32>> state =
        network.rows().state().stream()
            .map(s -> signatures.input(key(s), TFloat32.class, s.shapeInSignature().asArray()))
            .toList();
    Optional<Operand<TUint8>> small =
        smallShape.map(
            s -> signatures.input(SMALL, TUint8.class, -1, s.height(), s.width(), s.channels()));
    Operand<TInt32> row = signatures.input("row", TInt32.class);
    SamplingInputs completing = placeholders.completingRow(tf, knownValues, known, shape.levels());
    add(
        "next_row",
        placeholders.randomAnd(Map.of("row", row, "known_values", knownValues)),
        small,
        RowInputs.seeded(
            tf, network, new InputAssertions(tf).row(row, shape.height()), completing, state),
        nextRow,
        outputs -> outputs);
    Operand<TInt32> rows = signatures.input("rows", TInt32.class, -1);
    Operand<TFloat32> noise =
        signatures.input(
            "noise", TFloat32.class, -1, shape.width(), shape.channels(), shape.levels());
    Operand<TFloat32> temperatures = signatures.input("temperatures", TFloat32.class, -1);
    add(
        "next_row_with_noise",
        Map.of(
            "row", rows, "noise", noise, "temperature", temperatures, "known_values", knownValues),
        small,
        new RowInputs(rows, knownValues, known, noise, temperatures, state),
        nextRow,
        this::withTensorNames);
  }

  private void add(
      String name,
      Map<String, Operand<?>> ownInputs,
      Optional<Operand<TUint8>> small,
      RowInputs rows,
      NextRow nextRow,
      UnaryOperator<Map<String, Operand<?>>> finish) {
    SampledRow sampled = nextRow.sample(small, rows);
    Map<String, Operand<?>> inputs = named(rows.state(), small);
    inputs.put("known", rows.known());
    inputs.putAll(ownInputs);
    Map<String, Operand<?>> outputs = named(sampled.state(), small.map(tf::identity));
    outputs.put("values", sampled.levels());
    signatures.add(name, inputs, finish.apply(outputs));
  }

  /**
   * The same outputs as tensors {@code values} and {@code next_state_*}. A graph in ONNX has no
   * signature: its inputs and outputs have the names of tensors.
   */
  private Map<String, Operand<?>> withTensorNames(Map<String, Operand<?>> outputs) {
    Map<String, Operand<?>> renamed = new LinkedHashMap<>();
    outputs.forEach(
        (key, output) ->
            renamed.put(
                key, tf.withName(key.equals("values") ? key : "next_" + key).identity(output)));
    return renamed;
  }

  private Map<String, Operand<?>> named(
      List<Operand<TFloat32>> state, Optional<? extends Operand<TUint8>> small) {
    Map<String, Operand<?>> named = new LinkedHashMap<>();
    for (int i = 0; i < state.size(); i++) {
      named.put(key(network.rows().state().get(i)), state.get(i));
    }
    small.ifPresent(images -> named.put(SMALL, images));
    return named;
  }

  private static String key(RowState state) {
    return "state_" + state.name().replace('/', '_');
  }
}
