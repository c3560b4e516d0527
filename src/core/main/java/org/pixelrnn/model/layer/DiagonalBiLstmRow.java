package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.graph.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The left-to-right recurrence of a Diagonal BiLSTM while a block of a row is being sampled. */
final class DiagonalBiLstmRow implements LayerRow {
  private final Ops tf;
  private final LstmCells cells;
  private final MaskedConvolutionRow inputToState;
  private final ConditionProjection.Row conditionRow;
  private final Operand<TFloat32> leftTap;

  /** By pixel and group: the gates' contribution of the h above. */
  private final List<Operand<TFloat32>> fromAbove;

  /** By pixel and group: the right-to-left h of the row above, which is added to the output. */
  private final List<Operand<TFloat32>> shiftedDown;

  /** By pixel and group, up to the current pixel. */
  private final List<Operand<TFloat32>> xRow = new ArrayList<>();

  private final List<Operand<TFloat32>> hRow = new ArrayList<>();

  /** By pixel and group: the c of the left neighbour, so that c left of the block comes first. */
  private final List<Operand<TFloat32>> cRow = new ArrayList<>();

  /** The h of the left neighbour, {@code [n, h]}. */
  private Operand<TFloat32> left;

  /** By group: the gates' contribution of the left neighbour's h. */
  private List<Operand<TFloat32>> fromLeft = List.of();

  /**
   * Begins a block.
   *
   * @param start what {@link DiagonalBiLstmBody#enter} has added
   */
  DiagonalBiLstmRow(
      BuildContext context,
      RecurrenceWeights rightwards,
      LstmCells cells,
      BlockTensors start,
      LaneShift shift) {
    this.tf = context.tf();
    this.cells = cells;
    this.leftTap =
        RecurrenceWeights.tap(tf, cells.sortByGroup(rightwards.stateToState(context)), 1);
    this.fromAbove = cells.splitRow(start.takeByColumn());
    this.shiftedDown = cells.splitRow(start.takeByColumn());
    this.conditionRow = rightwards.conditionProjection().row(context, start);
    this.inputToState = rightwards.inputToState().row(context, start, shift);
    this.left = pixel(start.takeLeft());
    cRow.addAll(cells.splitPixel(pixel(start.takeLeft())));
  }

  @Override
  public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
    if (group == 0) {
      fromLeft = cells.splitPixel(tf.linalg.matMul(left, leftTap));
    }
    int i = column * cells.channels() + group;
    xRow.add(x);
    inputToState.addInput(x);
    List<Operand<TFloat32>> others = new ArrayList<>();
    others.add(fromLeft.get(group));
    others.add(fromAbove.get(i));
    conditionRow.pixel(column, group).ifPresent(others::add);
    LstmCells.Cell cell = cells.cell(inputToState.output(column, group, others), cRow.get(i));
    hRow.add(cell.h());
    cRow.add(cell.c());
    if (group == cells.channels() - 1) {
      left = cells.joinPixel(hRow.subList(i - group, i + 1));
    }
    return tf.math.add(cell.h(), shiftedDown.get(i));
  }

  @Override
  public void leave(BlockTensors.Builder end) {
    end.byColumn(cells.joinRow(xRow));
    end.byColumn(cells.joinRow(hRow));
    end.left(tf.expandDims(left, tf.constant(0)));
    Operand<TFloat32> c = cells.joinPixel(cRow.subList(hRow.size(), cRow.size()));
    end.left(tf.expandDims(c, tf.constant(0)));
  }

  /** The only pixel of a tensor {@code [1, n, h]}, {@code [n, h]}. */
  private Operand<TFloat32> pixel(Operand<TFloat32> row) {
    return tf.gather(row, tf.constant(0), tf.constant(0));
  }
}
