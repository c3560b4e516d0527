package org.pixelrnn.model.layer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The part of a layer inside the residual connection, from 2h features to h. The kinds of layers
 * differ only here. A body has two faces over the same weights: {@link #apply} for the whole image
 * and {@link #row} for one row.
 */
sealed interface LayerBody permits PixelCnnBody, RowLstmBody, DiagonalBiLstmBody {

  /**
   * The body of a layer of the configured kind.
   *
   * @param name the scope of its weights and states, {@code layer3}
   * @param conditionFeatures the number of feature maps that the network is conditioned on, or 0
   * @throws IllegalArgumentException if the configuration names no architecture
   */
  static LayerBody of(String name, ModelConfig config, int conditionFeatures) {
    return switch (config.getArchitectureCase()) {
      case PIXEL_CNN -> new PixelCnnBody(name, config, conditionFeatures);
      case ROW_LSTM -> new RowLstmBody(name, config, conditionFeatures);
      case DIAGONAL_BILSTM -> new DiagonalBiLstmBody(name, config, conditionFeatures);
      default ->
          throw new IllegalArgumentException("no architecture " + config.getArchitectureCase());
    };
  }

  /** The weights, in the order in which a network lists them. */
  List<Weight> weights();

  /**
   * The number of columns right of a pixel that it sees in the rows above; empty if it sees whole
   * rows. A body with a bounded reach can be sampled in {@link Lanes}: a row begins before the row
   * above it is complete.
   */
  OptionalInt rightReach();

  /** The columns that its maps have right of the image. */
  RightPadding padding();

  /** The tensors that it keeps from turn to turn during sampling. */
  List<RowState> state(Lanes lanes);

  /**
   * The best number of pieces for its maps when several threads run. It is the number of
   * recurrences that run side by side. Each recurrence is a chain of operations, and each piece
   * gives the other operations of the layer a chain of their own too.
   */
  int pieces();

  /**
   * The memory layout of the maps that {@link #apply} takes and returns.
   *
   * @param pieces 1, or {@link #pieces()}
   */
  MapLayout layout(int pieces);

  /**
   * Applies the body to whole images, for training and likelihood.
   *
   * @param x maps of 2h features in one of this body's {@link #layout layouts}, piece by piece
   * @return maps of h features in the same layout
   */
  List<Operand<TFloating>> apply(BuildContext context, List<LayerMaps<TFloating>> x);

  /**
   * Adds the tensors with which a row begins: what the rows above contribute, and the pixels left
   * of the row.
   *
   * @param earlier what earlier turns have left for this body, and the condition of the row
   */
  void enter(BuildContext context, Earlier earlier, LaneShift shift, BlockTensors.Builder start);

  /**
   * Begins one block of a row.
   *
   * @param start what {@link #enter} has added, cut to the block
   */
  LayerRow row(BuildContext context, BlockTensors start, LaneShift shift);

  /**
   * Adds the state for the next turn, as {@link #state}.
   *
   * @param earlier as {@link #enter} got it
   * @param end what {@link LayerRow#leave} has added, for the columns of all blocks
   */
  void leave(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors end, NextState next);

  /**
   * The tensors of a body that are computed before its row is sampled.
   *
   * @param state the state after the last turn, as {@link #state}
   * @param condition the condition of the row, {@code [columns, n, features]}
   */
  record Earlier(List<Operand<TFloat32>> state, Optional<Operand<TFloat32>> condition) {}
}
