package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import org.pixelrnn.model.graph.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Row LSTM while a block of a row is being sampled, or the block of each lane.
 *
 * <p>In lanes, the last pixel of the block also reads h of the first pixel of the right lane, which
 * is in the row above. That is a matrix product of its own, as soon as the first pixel is complete.
 */
final class RowLstmRow implements LayerRow {
  private final BuildContext context;
  private final Ops tf;
  private final RecurrenceWeights recurrence;
  private final LaneShift shift;
  private final LstmCells cells;
  private final MaskedConvolutionRow inputToState;
  private final ConditionProjection.Row conditionRow;

  /** By pixel and group: the gates' contribution of the row above. */
  private final List<Operand<TFloat32>> fromAbove;

  /** By pixel and group. */
  private final List<Operand<TFloat32>> cAbove;

  private final List<Operand<TFloat32>> hRow = new ArrayList<>();
  private final List<Operand<TFloat32>> cRow = new ArrayList<>();

  /** By group: the gates' contribution of the right lane to the last pixel of the block. */
  private List<Operand<TFloat32>> fromRightLane = List.of();

  /**
   * Begins a block.
   *
   * @param start what {@link RowLstmBody#enter} has added
   */
  RowLstmRow(
      BuildContext context,
      RecurrenceWeights recurrence,
      LstmCells cells,
      BlockTensors start,
      LaneShift shift) {
    this.context = context;
    this.tf = context.tf();
    this.recurrence = recurrence;
    this.shift = shift;
    this.cells = cells;
    this.fromAbove = cells.splitRow(start.takeByColumn());
    this.cAbove = cells.splitRow(start.takeByColumn());
    this.conditionRow = recurrence.conditionProjection().row(context, start);
    this.inputToState = recurrence.inputToState().row(context, start, shift);
  }

  @Override
  public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
    int i = column * cells.channels() + group;
    inputToState.addInput(x);
    List<Operand<TFloat32>> others = new ArrayList<>();
    others.add(fromAbove.get(i));
    if (inLanes() && column == shift.lanes().columns() - 1) {
      others.add(fromRightLane.get(group));
    }
    conditionRow.pixel(column, group).ifPresent(others::add);
    LstmCells.Cell cell = cells.cell(inputToState.output(column, group, others), cAbove.get(i));
    hRow.add(cell.h());
    cRow.add(cell.c());
    if (inLanes() && hRow.size() == cells.channels()) {
      fromRightLane = fromRightLane(cells.joinPixel(hRow));
    }
    return cell.h();
  }

  @Override
  public void leave(BlockTensors.Builder end) {
    end.byColumn(cells.joinRow(hRow));
    end.byColumn(cells.joinRow(cRow));
    inputToState.leave(end);
  }

  private boolean inLanes() {
    return shift.lanes().count() > 1;
  }

  /**
   * The gates' contribution of the first pixel of the right lane, by group.
   *
   * @param h of the first pixel of each lane, {@code [lanes · n, h]}
   */
  private List<Operand<TFloat32>> fromRightLane(Operand<TFloat32> h) {
    Operand<TFloat32> initialH = recurrence.initialH(context);
    // Above the image, h is the initial h.
    Operand<TFloat32> first = tf.math.add(shift.change(h, initialH, cells.features()), initialH);
    Operand<TFloat32> rightTap =
        tf.gather(
            cells.sortByGroup(recurrence.stateToState(context)), tf.constant(2), tf.constant(0));
    return cells.splitPixel(tf.linalg.matMul(shift.fromRightLane(first, 0), rightTap));
  }
}
