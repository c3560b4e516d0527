package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Diagonal BiLSTM on its way along a row. The recurrence from the left goes with it, pixel by
 * pixel; that from the right runs over the row once it is finished, for the row below, which is
 * where the shift down puts it.
 */
final class DiagonalBiLstmRow implements Row {
  private final Pass pass;
  private final Ops tf;
  private final Sizes sizes;
  private final LstmCells cells;
  private final Recurrence rightwards;
  private final Recurrence leftwards;
  private final MaskedConvolutionRow inputToState;
  private final Optional<Operand<TFloat32>> condition;
  private final Conditioning.AlongRow conditionRow;
  private final Operand<TFloat32> fromLeftKernel;
  private final List<Operand<TFloat32>> fromAbove;
  private final Operand<TFloat32> leftwardsAbove;
  private final List<Operand<TFloat32>> shiftedDown;

  private final List<Operand<TFloat32>> xRow = new ArrayList<>();
  private final List<Operand<TFloat32>> hRow = new ArrayList<>();
  private final List<Operand<TFloat32>> cRow = new ArrayList<>();
  private List<Operand<TFloat32>> fromLeft = List.of();

  /** What a row is: {@code width} pixels of h features in {@code channels} groups. */
  record Sizes(int width, int channels, int h) {}

  DiagonalBiLstmRow(
      Pass pass,
      Recurrence rightwards,
      Recurrence leftwards,
      Sizes sizes,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    this.pass = pass;
    this.tf = pass.tf();
    this.sizes = sizes;
    this.rightwards = rightwards;
    this.leftwards = leftwards;
    this.cells = new LstmCells(tf, sizes.channels, sizes.h);
    this.inputToState = rightwards.inputToState().row(pass, List.of(), shift);
    this.condition = condition;
    this.conditionRow = rightwards.conditioning().row(pass, condition);
    List<Operand<TFloat32>> taps = taps(cells.byGroup(rightwards.stateToState(pass)));
    this.fromLeftKernel = taps.get(1);
    Operand<TFloat32> above = tf.math.add(state.get(0), rightwards.initialH(pass));
    this.fromAbove = cells.groupsAlong(product(above, taps.get(0)), sizes.width);
    this.leftwardsAbove = tf.math.add(state.get(1), leftwards.initialH(pass));
    this.shiftedDown = cells.groupsAlong(leftwardsAbove, sizes.width);
    // Left of the first pixel is the initial state.
    seeLeft(asRow(rightwards.initialH(pass)));
    cRow.addAll(cells.groups(asRow(rightwards.initialC(pass))));
  }

  @Override
  public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
    int i = column * sizes.channels + group;
    xRow.add(x);
    inputToState.see(x);
    Operand<TFloat32> gates =
        tf.math.addN(
            List.of(
                tf.math.add(inputToState.output(column, group), fromLeft.get(group)),
                fromAbove.get(i)));
    LstmCells.Cell cell = cells.cell(conditionRow.join(column, group, gates), cRow.get(i));
    hRow.add(cell.h());
    cRow.add(cell.c());
    if (group == sizes.channels - 1) {
      seeLeft(cells.pixel(hRow.subList(i + 1 - sizes.channels, i + 1)));
    }
    return tf.math.add(cell.h(), shiftedDown.get(i));
  }

  @Override
  public List<Operand<TFloat32>> finish() {
    return List.of(
        tf.math.sub(cells.row(hRow), rightwards.initialH(pass)),
        tf.math.sub(fromTheRight(), leftwards.initialH(pass)));
  }

  /** The recurrence from the right over the finished row: its h, {@code [width, n, h]}. */
  private Operand<TFloat32> fromTheRight() {
    LstmCells whole = new LstmCells(tf, 1, sizes.h);
    List<Operand<TFloat32>> taps = taps(leftwards.stateToState(pass));
    Operand<TFloat32> gates =
        tf.math.add(
            leftwards
                .conditioning()
                .join(pass, leftwards.inputToState().apply(pass, cells.row(xRow)), condition),
            product(leftwardsAbove, taps.get(0)));
    List<Operand<TFloat32>> gatesAlong = whole.groupsAlong(gates, sizes.width);
    Operand<TFloat32> h = asRow(leftwards.initialH(pass));
    Operand<TFloat32> c = asRow(leftwards.initialC(pass));
    List<Operand<TFloat32>> row = new ArrayList<>();
    for (int column = sizes.width - 1; column >= 0; column--) {
      LstmCells.Cell cell =
          whole.cell(tf.math.add(gatesAlong.get(column), tf.linalg.matMul(h, taps.get(1))), c);
      h = cell.h();
      c = cell.c();
      row.add(0, h);
    }
    return whole.row(row);
  }

  private void seeLeft(Operand<TFloat32> h) {
    fromLeft = cells.groups(tf.linalg.matMul(h, fromLeftKernel));
  }

  private List<Operand<TFloat32>> taps(Operand<TFloat32> stateToState) {
    return new ArrayList<>(tf.unstack(stateToState, 2L).output());
  }

  /** Of each pixel of {@code [width, n, h]} and a matrix {@code [h, 4h]}. */
  private Operand<TFloat32> product(Operand<TFloat32> row, Operand<TFloat32> matrix) {
    Operand<TFloat32> pixels = tf.reshape(row, tf.constant(new int[] {-1, sizes.h}));
    return tf.reshape(
        tf.linalg.matMul(pixels, matrix), tf.constant(new int[] {sizes.width, -1, 4 * sizes.h}));
  }

  private Operand<TFloat32> asRow(Operand<TFloat32> vector) {
    return tf.expandDims(vector, tf.constant(0));
  }
}
