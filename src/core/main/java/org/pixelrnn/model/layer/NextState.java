package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * The state for the next turn, collected layer by layer.
 *
 * <p>The right-to-left recurrences of a Diagonal network run over a complete row. Then no layer
 * waits for another one, so the recurrences of all layers run together, column by column:
 *
 * <pre>
 *   layer 1    h ◄── h ◄── h ◄── h
 *   layer 2    h ◄── h ◄── h ◄── h
 *   layer 3    h ◄── h ◄── h ◄── h       one step is one batch of matrix products
 * </pre>
 */
public final class NextState {
  private final Ops tf;
  private final List<Supplier<Operand<TFloat32>>> tensors = new ArrayList<>();
  private final List<Leftwards> leftwards = new ArrayList<>();

  /** By layer: the h of the right-to-left recurrence, {@code [columns, n, h]}. */
  private List<Operand<TFloat32>> leftwardsH = List.of();

  /** An empty state. */
  public NextState(Ops tf) {
    this.tf = tf;
  }

  /**
   * The right-to-left recurrence of a layer.
   *
   * @param gates of each pixel, without the contribution of the right neighbour, {@code [columns,
   *     n, 4h]}
   * @param rightTap the tap of the right neighbour's h, {@code [h, 4h]}
   * @param initialH right of the last pixel, {@code [h]}
   * @param initialC right of the last pixel, {@code [h]}
   */
  record Leftwards(
      Operand<TFloat32> gates,
      Operand<TFloat32> rightTap,
      Operand<TFloat32> initialH,
      Operand<TFloat32> initialC) {}

  /** Adds a tensor of the state. */
  void add(Operand<TFloat32> tensor) {
    tensors.add(() -> tensor);
  }

  /** Adds the h of a recurrence, minus the initial h. */
  void add(Leftwards recurrence) {
    int layer = leftwards.size();
    leftwards.add(recurrence);
    tensors.add(() -> tf.math.sub(leftwardsH.get(layer), recurrence.initialH));
  }

  /** All tensors of the state, in the order in which they were added. */
  public List<Operand<TFloat32>> build() {
    if (!leftwards.isEmpty()) {
      leftwardsH = leftwardsH();
    }
    return tensors.stream().<Operand<TFloat32>>map(Supplier::get).toList();
  }

  private List<Operand<TFloat32>> leftwardsH() {
    int h = (int) leftwards.get(0).rightTap.shape().get(0);
    LstmCells cells = new LstmCells(tf, 1, h);
    List<? extends Operand<TFloat32>> gates =
        unstack(
            tf.stack(leftwards.stream().map(Leftwards::gates).toList()),
            leftwards.get(0).gates.shape().get(0),
            1);
    Operand<TFloat32> taps = tf.stack(leftwards.stream().map(Leftwards::rightTap).toList());
    LstmCells.Cell cell =
        new LstmCells.Cell(
            forAllImages(leftwards.stream().map(Leftwards::initialH).toList()),
            forAllImages(leftwards.stream().map(Leftwards::initialC).toList()));
    List<Operand<TFloat32>> fromTheRight = new ArrayList<>();
    for (int column = gates.size() - 1; column >= 0; column--) {
      Operand<TFloat32> fromRight = tf.train.batchMatMul(cell.h(), taps, TFloat32.class);
      cell = cells.cell(tf.math.add(gates.get(column), fromRight), cell.c());
      fromTheRight.add(0, cell.h());
    }
    return unstack(tf.stack(fromTheRight, Stack.axis(1L)), leftwards.size(), 0).stream()
        .<Operand<TFloat32>>map(row -> row)
        .toList();
  }

  /** Vectors of all layers, {@code [h]} each, for all images, {@code [layers, 1, h]}. */
  private Operand<TFloat32> forAllImages(List<Operand<TFloat32>> vectors) {
    return tf.expandDims(tf.stack(vectors), tf.constant(1));
  }

  private List<? extends Operand<TFloat32>> unstack(Operand<TFloat32> x, long count, long axis) {
    return tf.unstack(x, count, Unstack.axis(axis)).output();
  }
}
