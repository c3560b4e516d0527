package org.pixelrnn.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What is inside the residual connection of a layer, 2h features to h: the kinds of layers differ
 * only here. Each has two faces over the same weights, the whole image and one row.
 */
sealed interface LayerBody permits PixelCnnBody, RowLstmBody, DiagonalBiLstmBody {

  List<Weight> weights();

  /**
   * How many columns to the right of its own a pixel sees of the rows above; empty if it sees all
   * of them. What sees a neighbourhood only can go along {@link Lanes}: a row is drawn while the
   * one above it is not finished.
   */
  OptionalInt ahead();

  /** How much wider than images its maps are. */
  Margin margin();

  /** What is carried from turn to turn when images are drawn. */
  List<State> state(Lanes lanes);

  /**
   * In how many pieces its maps had better be where several threads are: as many as it has
   * recurrences beside one another, each a chain of operations, so that there are as many chains of
   * what is no recurrence.
   */
  int pieces();

  /**
   * How the maps that {@link #apply} works on lie in memory.
   *
   * @param pieces at most so many, of one or {@link #pieces}
   */
  MapLayout layout(int pieces);

  /**
   * The whole map, for training and likelihood.
   *
   * @param x the stream in this body's {@link #layout}, piece by piece
   * @return h features in the same
   */
  List<Operand<TFloat32>> apply(Pass pass, List<Stream> x);

  /**
   * One row, for drawing images.
   *
   * @param state as {@link #state}
   * @param condition of the row, {@code [width, n, features]}
   */
  Row row(
      Pass pass,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition);
}
