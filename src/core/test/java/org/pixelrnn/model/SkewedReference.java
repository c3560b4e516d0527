package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Row LSTM and Diagonal BiLSTM networks as the paper describes them and as most people write them.
 * Maps stay {@code [batch, height, width, features]}; those of the Diagonal BiLSTM are skewed
 * (figure 3). Recurrences are unrolled in ordinary operations, which TensorFlow differentiates.
 *
 * <p>The scans must give the same values and gradients, and their speed is compared with it.
 *
 * <p>One channel, residual connections, no skip connections, initial state zero.
 */
public final class SkewedReference {
  private final Ops tf;
  private final ModelConfig config;
  private final Map<String, ? extends Operand<TFloat32>> weights;
  private final int height;
  private final int width;
  private final int h;
  private final StateToState stateToState;

  /** How the state-to-state convolution of the skewed map is computed. */
  public enum StateToState {
    /** As in the paper: a 2×1 convolution of a column. */
    CONVOLUTION,
    /** Cheaper: one matrix product of the upper and the left neighbour. */
    PRODUCT
  }

  /**
   * Builds a network.
   *
   * @param weights the weights by their names in {@link Network}
   */
  public SkewedReference(
      Ops tf,
      ModelConfig config,
      Map<String, ? extends Operand<TFloat32>> weights,
      StateToState stateToState) {
    this.tf = tf;
    this.config = config;
    this.weights = weights;
    this.stateToState = stateToState;
    this.height = config.getHeight();
    // The Diagonal BiLSTM's maps have one more column; the leftwards direction begins there.
    this.width = config.getWidth() + (config.hasRowLstm() ? 0 : 1);
    this.h = config.getH();
  }

  /** As {@link Network#logits}. */
  public Operand<TFloat32> logits(Operand<TUint8> images) {
    Operand<TFloat32> values =
        tf.math.sub(
            tf.math.mul(
                tf.dtypes.cast(images, TFloat32.class), tf.constant(2f / (config.getLevels() - 1))),
            tf.constant(1f));
    // The upper four rows of the 7×7 kernel. The last of them is masked from its centre on.
    float[] seen = new float[4 * 7];
    for (int tap = 0; tap < seen.length; tap++) {
      seen[tap] = tap < 3 * 7 + 3 ? 1 : 0;
    }
    Operand<TFloat32> mask = tf.reshape(tf.constant(seen), tf.constant(new int[] {4, 7, 1, 1}));
    Operand<TFloat32> x =
        convolution(
            pad(values, new int[][] {{0, 0}, {3, 0}, {3, 3 + width - config.getWidth()}, {0, 0}}),
            tf.math.mul(weight("input/kernel"), mask),
            weight("input/bias"));
    for (int l = 1; l <= config.getLayers(); l++) {
      String name = "layer" + l;
      Operand<TFloat32> hidden =
          config.hasRowLstm() ? rowLstm(name + "/row_lstm", x) : diagonalBiLstm(name, x);
      x = tf.math.add(x, pointwise(name + "/expansion", hidden));
    }
    Operand<TFloat32> ofImage =
        tf.slice(
            x, tf.constant(new int[4]), tf.constant(new int[] {-1, -1, config.getWidth(), -1}));
    return tf.reshape(
        pointwise("softmax", tf.nn.relu(pointwise("head", tf.nn.relu(ofImage)))),
        tf.constant(new int[] {-1, height, config.getWidth(), 1, config.getLevels()}));
  }

  /** Section 3.1. */
  private Operand<TFloat32> rowLstm(String name, Operand<TFloat32> x) {
    Operand<TFloat32> mask =
        tf.reshape(tf.constant(new float[] {1, 1, 0}), tf.constant(new int[] {1, 3, 1, 1}));
    Operand<TFloat32> inputToState =
        convolution(
            pad(x, new int[][] {{0, 0}, {0, 0}, {1, 1}, {0, 0}}),
            tf.math.mul(weight(name + "/input_to_state/kernel"), mask),
            weight(name + "/input_to_state/bias"));
    Operand<TFloat32> kernel =
        tf.reshape(
            weight(name + "/state_to_state/kernel"), tf.constant(new int[] {1, 3, h, 4 * h}));
    List<Operand<TFloat32>> rows = new ArrayList<>();
    Operand<TFloat32> above = null;
    Operand<TFloat32> c = null;
    for (Operand<TFloat32> row : unstack(inputToState, height, 1)) {
      Operand<TFloat32> gates = row;
      if (above != null) {
        Operand<TFloat32> stateToState =
            tf.nn.conv2d(
                tf.expandDims(above, tf.constant(1)), kernel, List.of(1L, 1L, 1L, 1L), "SAME");
        gates =
            tf.math.add(row, tf.reshape(stateToState, tf.constant(new int[] {-1, width, 4 * h})));
      }
      List<Operand<TFloat32>> parts = parts(gates, width);
      c = cell(parts, c);
      above = output(parts, c);
      rows.add(above);
    }
    return tf.stack(rows, Stack.axis(1L));
  }

  /** Section 3.2. */
  private Operand<TFloat32> diagonalBiLstm(String name, Operand<TFloat32> x) {
    Operand<TFloat32> rightwards = diagonalLstm(name + "/rightwards", x);
    Operand<TFloat32> leftwards = mirror(diagonalLstm(name + "/leftwards", mirror(x)));
    Operand<TFloat32> allButLastRow =
        tf.slice(
            leftwards,
            tf.constant(new int[] {0, 0, 0, 0}),
            tf.constant(new int[] {-1, height - 1, -1, -1}));
    return tf.math.add(
        rightwards, pad(allButLastRow, new int[][] {{0, 0}, {1, 0}, {0, 0}, {0, 0}}));
  }

  private Operand<TFloat32> diagonalLstm(String name, Operand<TFloat32> x) {
    Operand<TFloat32> inputToState = pointwise(name + "/input_to_state", x);
    List<Operand<TFloat32>> columns = unstack(skew(inputToState), height + width - 1, 2);
    List<Operand<TFloat32>> taps = unstack(weight(name + "/state_to_state/kernel"), 2, 0);
    Operand<TFloat32> kernel = tf.concat(taps, tf.constant(0));
    List<Operand<TFloat32>> hs = new ArrayList<>();
    Operand<TFloat32> left = null;
    Operand<TFloat32> c = null;
    for (int s = 0; s < columns.size(); s++) {
      Operand<TFloat32> gates = columns.get(s);
      if (left != null) {
        gates = tf.math.add(gates, ofNeighbours(left, kernel));
      }
      List<Operand<TFloat32>> parts = parts(gates, height);
      // Outside the image the state stays at zero.
      Operand<TFloat32> inside = inside(s);
      c = tf.math.mul(cell(parts, c), inside);
      left = tf.math.mul(output(parts, c), inside);
      hs.add(left);
    }
    return unskew(hs);
  }

  /**
   * The state-to-state part of a column of the skewed map. Each row sees its own row and the row
   * above it in the column before.
   *
   * @param left the h of the column before, {@code [batch, height, h]}
   * @param kernel the upper neighbour's kernel, then the left neighbour's, {@code [2h, 4h]}
   */
  private Operand<TFloat32> ofNeighbours(Operand<TFloat32> left, Operand<TFloat32> kernel) {
    Operand<TFloat32> fromAbove = pad(left, new int[][] {{0, 0}, {1, 0}, {0, 0}});
    if (stateToState == StateToState.CONVOLUTION) {
      Operand<TFloat32> convolved =
          tf.nn.conv2d(
              tf.expandDims(fromAbove, tf.constant(2)),
              tf.reshape(kernel, tf.constant(new int[] {2, 1, h, 4 * h})),
              List.of(1L, 1L, 1L, 1L),
              "VALID");
      return tf.squeeze(convolved, Squeeze.axis(List.of(2L)));
    }
    Operand<TFloat32> above =
        tf.slice(fromAbove, tf.constant(new int[3]), tf.constant(new int[] {-1, height, -1}));
    Operand<TFloat32> seen =
        tf.reshape(
            tf.concat(List.of(above, left), tf.constant(2)), tf.constant(new int[] {-1, 2 * h}));
    return tf.reshape(tf.linalg.matMul(seen, kernel), tf.constant(new int[] {-1, height, 4 * h}));
  }

  /** 1 for the rows of a column of the skewed map that are pixels, else 0, {@code [height, 1]}. */
  private Operand<TFloat32> inside(int column) {
    float[][] inside = new float[height][1];
    for (int r = 0; r < height; r++) {
      inside[r][0] = column >= r && column < r + width ? 1 : 0;
    }
    return tf.constant(inside);
  }

  /** Shifts each row one position further to the right than the row above it. */
  private Operand<TFloat32> skew(Operand<TFloat32> x) {
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (Operand<TFloat32> row : unstack(x, height, 1)) {
      int r = rows.size();
      rows.add(pad(row, new int[][] {{0, 0}, {r, height - 1 - r}, {0, 0}}));
    }
    return tf.stack(rows, Stack.axis(1L));
  }

  private Operand<TFloat32> unskew(List<Operand<TFloat32>> columns) {
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (Operand<TFloat32> row : unstack(tf.stack(columns, Stack.axis(2L)), height, 1)) {
      rows.add(
          tf.slice(
              row,
              tf.constant(new int[] {0, rows.size(), 0}),
              tf.constant(new int[] {-1, width, -1})));
    }
    return tf.stack(rows, Stack.axis(1L));
  }

  private Operand<TFloat32> cell(List<Operand<TFloat32>> gates, Operand<TFloat32> cPrevious) {
    Operand<TFloat32> fresh =
        tf.math.mul(tf.math.sigmoid(gates.get(0)), tf.math.tanh(gates.get(1)));
    return cPrevious == null
        ? fresh
        : tf.math.add(tf.math.mul(tf.math.sigmoid(gates.get(2)), cPrevious), fresh);
  }

  private Operand<TFloat32> output(List<Operand<TFloat32>> gates, Operand<TFloat32> c) {
    return tf.math.mul(tf.math.sigmoid(gates.get(3)), tf.math.tanh(c));
  }

  /** The gates i, g, f, o of {@code [batch, pixels, 4h]}. */
  private List<Operand<TFloat32>> parts(Operand<TFloat32> gates, int pixels) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int gate = 0; gate < 4; gate++) {
      parts.add(
          tf.slice(
              gates,
              tf.constant(new int[] {0, 0, gate * h}),
              tf.constant(new int[] {-1, pixels, h})));
    }
    return parts;
  }

  private Operand<TFloat32> pointwise(String name, Operand<TFloat32> x) {
    return convolution(x, weight(name + "/kernel"), weight(name + "/bias"));
  }

  private Operand<TFloat32> convolution(
      Operand<TFloat32> x, Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    return tf.nn.biasAdd(tf.nn.conv2d(x, kernel, List.of(1L, 1L, 1L, 1L), "VALID"), bias);
  }

  private Operand<TFloat32> mirror(Operand<TFloat32> x) {
    Operand<TInt32> columns = tf.constant(new int[] {2});
    return tf.reverse(x, columns);
  }

  /** The operation Pad, which TensorFlow can differentiate from C++. */
  private Operand<TFloat32> pad(Operand<TFloat32> x, int[][] padding) {
    return tf.scope()
        .opBuilder("Pad", "Pad")
        .addInput(x.asOutput())
        .addInput(tf.constant(padding).asOutput())
        .build()
        .output(0);
  }

  private List<Operand<TFloat32>> unstack(Operand<TFloat32> x, int count, int axis) {
    return Collections.unmodifiableList(
        new ArrayList<>(tf.unstack(x, (long) count, Unstack.axis((long) axis)).output()));
  }

  private Operand<TFloat32> weight(String name) {
    return weights.get(name);
  }
}
