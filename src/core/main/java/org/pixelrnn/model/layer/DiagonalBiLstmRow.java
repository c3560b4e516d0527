package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Diagonal BiLSTM while one row is being sampled. The left-to-right recurrence advances pixel by
 * pixel. The right-to-left recurrence runs over the complete row after its last pixel; its result
 * is state for the row below, because the map of that recurrence is shifted down.
 */
final class DiagonalBiLstmRow implements LayerRow {
  private final BuildContext context;
  private final Ops tf;
  private final Sizes sizes;
  private final LstmCells cells;
  private final RecurrenceWeights rightwards;
  private final RecurrenceWeights leftwards;
  private final MaskedConvolutionRow inputToState;
  private final Optional<Operand<TFloat32>> condition;
  private final ConditionProjection.Row conditionRow;
  private final Operand<TFloat32> leftTap;

  /** By pixel and group: the gates' contribution of the left-to-right h above. */
  private final List<Operand<TFloat32>> fromAbove;

  /** The right-to-left h of the row above, {@code [width, n, h]}. */
  private final Operand<TFloat32> leftwardsAbove;

  /** By pixel and group: {@link #leftwardsAbove}, which is added to the output. */
  private final List<Operand<TFloat32>> shiftedDown;

  /** By pixel and group, up to the current pixel. */
  private final List<Operand<TFloat32>> xRow = new ArrayList<>();

  private final List<Operand<TFloat32>> hRow = new ArrayList<>();

  /** By pixel and group: the c of the left neighbour, so that the initial c comes first. */
  private final List<Operand<TFloat32>> cRow = new ArrayList<>();

  /** By group: the gates' contribution of the left neighbour's h. */
  private List<Operand<TFloat32>> fromLeft = List.of();

  /** The sizes of a row: {@code width} pixels of h features in {@code channels} groups. */
  record Sizes(int width, int channels, int h) {}

  DiagonalBiLstmRow(
      BuildContext context,
      RecurrenceWeights rightwards,
      RecurrenceWeights leftwards,
      Sizes sizes,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    this.context = context;
    this.tf = context.tf();
    this.sizes = sizes;
    this.rightwards = rightwards;
    this.leftwards = leftwards;
    this.cells = new LstmCells(tf, sizes.channels, sizes.h);
    this.inputToState = rightwards.inputToState().row(context, List.of(), shift);
    this.condition = condition;
    this.conditionRow = rightwards.conditionProjection().row(context, condition);
    List<Operand<TFloat32>> taps = taps(cells.sortByGroup(rightwards.stateToState(context)));
    this.leftTap = taps.get(1);
    Operand<TFloat32> above = tf.math.add(state.get(0), rightwards.initialH(context));
    this.fromAbove = cells.splitRow(product(above, taps.get(0)), sizes.width);
    this.leftwardsAbove = tf.math.add(state.get(1), leftwards.initialH(context));
    this.shiftedDown = cells.splitRow(leftwardsAbove, sizes.width);
    // The initial state stands for the pixel left of the first pixel.
    setLeft(forAllImages(rightwards.initialH(context)));
    cRow.addAll(cells.splitPixel(forAllImages(rightwards.initialC(context))));
  }

  @Override
  public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
    int i = column * sizes.channels + group;
    xRow.add(x);
    inputToState.addInput(x);
    Operand<TFloat32> gates =
        tf.math.addN(
            List.of(
                tf.math.add(inputToState.output(column, group), fromLeft.get(group)),
                fromAbove.get(i)));
    LstmCells.Cell cell = cells.cell(conditionRow.add(column, group, gates), cRow.get(i));
    hRow.add(cell.h());
    cRow.add(cell.c());
    if (group == sizes.channels - 1) {
      setLeft(cells.joinPixel(hRow.subList(i + 1 - sizes.channels, i + 1)));
    }
    return tf.math.add(cell.h(), shiftedDown.get(i));
  }

  @Override
  public List<Operand<TFloat32>> finish() {
    return List.of(
        tf.math.sub(cells.joinRow(hRow), rightwards.initialH(context)),
        tf.math.sub(leftwardsH(), leftwards.initialH(context)));
  }

  /** The h of the right-to-left recurrence over the complete row, {@code [width, n, h]}. */
  private Operand<TFloat32> leftwardsH() {
    LstmCells ungrouped = new LstmCells(tf, 1, sizes.h);
    List<Operand<TFloat32>> taps = taps(leftwards.stateToState(context));
    Operand<TFloat32> gates =
        tf.math.add(
            Precision.float32(
                tf,
                leftwards
                    .conditionProjection()
                    .add(
                        context,
                        leftwards
                            .inputToState()
                            .apply(context, Precision.floating(cells.joinRow(xRow))),
                        condition.map(Precision::floating))),
            product(leftwardsAbove, taps.get(0)));
    List<Operand<TFloat32>> gatesByColumn = ungrouped.splitRow(gates, sizes.width);
    Operand<TFloat32> h = forAllImages(leftwards.initialH(context));
    Operand<TFloat32> c = forAllImages(leftwards.initialC(context));
    List<Operand<TFloat32>> row = new ArrayList<>();
    for (int column = sizes.width - 1; column >= 0; column--) {
      LstmCells.Cell cell =
          ungrouped.cell(
              tf.math.add(gatesByColumn.get(column), tf.linalg.matMul(h, taps.get(1))), c);
      h = cell.h();
      c = cell.c();
      row.add(0, h);
    }
    return ungrouped.joinRow(row);
  }

  /**
   * Sets the left neighbour of the next pixel.
   *
   * @param h the neighbour's h, {@code [n, h]}
   */
  private void setLeft(Operand<TFloat32> h) {
    fromLeft = cells.splitPixel(tf.linalg.matMul(h, leftTap));
  }

  /** The taps of the upper and of the left neighbour, {@code [h, 4h]} each. */
  private List<Operand<TFloat32>> taps(Operand<TFloat32> stateToState) {
    return new ArrayList<>(tf.unstack(stateToState, 2L).output());
  }

  /** The product of each pixel of a row {@code [width, n, h]} and a matrix {@code [h, 4h]}. */
  private Operand<TFloat32> product(Operand<TFloat32> row, Operand<TFloat32> matrix) {
    Operand<TFloat32> pixels = tf.reshape(row, tf.constant(new int[] {-1, sizes.h}));
    return tf.reshape(
        tf.linalg.matMul(pixels, matrix), tf.constant(new int[] {sizes.width, -1, 4 * sizes.h}));
  }

  /** A vector, {@code [h]}, for all images, {@code [1, h]}. */
  private Operand<TFloat32> forAllImages(Operand<TFloat32> vector) {
    return tf.expandDims(vector, tf.constant(0));
  }
}
