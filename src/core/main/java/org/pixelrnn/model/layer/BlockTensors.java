package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The tensors with which a network enters a block of a row, or leaves it. Each layer adds and takes
 * its own, in the order of the network.
 *
 * <pre>
 *   enters   by column: what the rows above contribute    left: the pixels left of the block
 *                                     ┌─────────────┐
 *                              left → │    block    │ → left of the next block
 *                                     └─────────────┘
 *   leaves   by column: what the row below needs          left: the last pixels of the block
 * </pre>
 *
 * <p>All tensors are {@code [columns, n, features]}. A tensor by column may have as many more
 * columns on either side as a convolution reaches.
 */
public final class BlockTensors {
  private final List<Operand<TFloat32>> byColumn;
  private final List<Operand<TFloat32>> left;
  private final Iterator<Operand<TFloat32>> nextByColumn;
  private final Iterator<Operand<TFloat32>> nextLeft;

  /** The tensors of a whole network. */
  public BlockTensors(List<Operand<TFloat32>> byColumn, List<Operand<TFloat32>> left) {
    this.byColumn = List.copyOf(byColumn);
    this.left = List.copyOf(left);
    this.nextByColumn = this.byColumn.iterator();
    this.nextLeft = this.left.iterator();
  }

  /** The tensors by column. */
  public List<Operand<TFloat32>> byColumn() {
    return byColumn;
  }

  /** The tensors of the pixels on the left. */
  public List<Operand<TFloat32>> left() {
    return left;
  }

  /** The next tensor by column. */
  Operand<TFloat32> takeByColumn() {
    return nextByColumn.next();
  }

  /** The next tensor of pixels on the left. */
  Operand<TFloat32> takeLeft() {
    return nextLeft.next();
  }

  /** Collects the tensors of a network, layer by layer. */
  public static final class Builder {
    private final List<Operand<TFloat32>> byColumn = new ArrayList<>();
    private final List<Operand<TFloat32>> left = new ArrayList<>();

    /** Adds a tensor by column. */
    void byColumn(Operand<TFloat32> tensor) {
      byColumn.add(tensor);
    }

    /** Adds a tensor of pixels on the left. */
    void left(Operand<TFloat32> tensor) {
      left.add(tensor);
    }

    /** All tensors that were added. */
    public BlockTensors build() {
      return new BlockTensors(byColumn, left);
    }
  }
}
