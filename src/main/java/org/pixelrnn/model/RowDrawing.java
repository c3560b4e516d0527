package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * One row of n images, or each lane's part of one, drawn sub-pixel by sub-pixel from the network's
 * softmax.
 *
 * <p>A level is drawn by the Gumbel-max trick: {@code argmax_k (logits_k + T · g_k)} with {@code
 * g_k = -log(-log u_k)} has the distribution {@code softmax(logits / T)}, and at T = 0 is the most
 * likely level. The u of a block of columns are one stateless draw of (seed, row, block): the same
 * seed gives the same images however they are asked for, and the first images of a large batch are
 * those of a small one.
 *
 * @param levels the row's level indices, {@code [n, width, channels]}
 * @param logits of each sub-pixel in order, {@code [n, levels]} each
 * @param state for the next row
 */
public record RowDrawing(
    Operand<TUint8> levels, List<Operand<TFloat32>> logits, List<Operand<TFloat32>> state) {

  /**
   * What a row is drawn from.
   *
   * @param state what the rows above have left, as {@link Network#state()}
   * @param row its number {@code []}, from 0; it chooses the random numbers. In lanes, the first
   *     one's: the turn
   * @param firstImage where these images begin in the batch that is drawn, {@code []}, from 0: they
   *     are drawn as they would be among all of it
   * @param knownLevels {@code [n, width, channels]}, used where {@code known}
   * @param known pixels that are given rather than drawn, {@code [n, width]}
   * @param seed of all random numbers, {@code []}
   * @param temperature {@code []}, at least 0
   */
  public record Inputs(
      List<Operand<TFloat32>> state,
      Operand<TInt32> row,
      Operand<TInt32> firstImage,
      Operand<TUint8> knownLevels,
      Operand<TBool> known,
      Operand<TInt64> seed,
      Operand<TFloat32> temperature) {}

  /** Adds the operations that draw a row. */
  public static RowDrawing of(Pass pass, Network network, Inputs inputs) {
    return of(pass, network, Lanes.one(network.shape().width()), inputs);
  }

  /**
   * Adds the operations that draw what lies in each lane at a turn: {@code lanes · n} for n and the
   * columns of a lane for the width, in all of the inputs and of the result.
   */
  static RowDrawing of(Pass pass, Network network, Lanes lanes, Inputs inputs) {
    Ops tf = pass.tf();
    int channels = network.shape().channels();
    int subPixels = lanes.columns() * channels;
    Operand<TInt32> n =
        tf.math.div(
            tf.gather(tf.shape(inputs.knownLevels), tf.constant(0), tf.constant(0)),
            tf.constant(lanes.count()));

    List<Operand<TFloat32>> noise =
        unstack(tf, new GumbelNoise(network, inputs, n).of(tf, lanes), subPixels);
    List<Operand<TInt32>> knownLevels =
        unstack(
            tf,
            tf.reshape(
                tf.dtypes.cast(inputs.knownLevels, TInt32.class),
                tf.constant(new int[] {-1, subPixels})),
            subPixels);
    List<Operand<TBool>> known = unstack(tf, inputs.known, lanes.columns());

    NetworkRow alongRow = network.row(pass, lanes, inputs.state, inputs.row, n);
    List<Operand<TFloat32>> logits = new ArrayList<>();
    List<Operand<TInt32>> levels = new ArrayList<>();
    for (int i = 0; i < subPixels; i++) {
      Operand<TFloat32> subPixel = alongRow.logits(i / channels, i % channels);
      Operand<TInt32> drawn =
          tf.math.argMax(tf.math.add(subPixel, noise.get(i)), tf.constant(1), TInt32.class);
      Operand<TInt32> level = tf.select(known.get(i / channels), knownLevels.get(i), drawn);
      alongRow.see(level);
      logits.add(subPixel);
      levels.add(level);
    }
    Operand<TInt32> row =
        tf.reshape(
            tf.stack(levels, Stack.axis(1L)),
            tf.constant(new int[] {-1, lanes.columns(), channels}));
    return new RowDrawing(
        tf.dtypes.cast(row, TUint8.class), List.copyOf(logits), alongRow.finish());
  }

  private static <T extends TType> List<Operand<T>> unstack(Ops tf, Operand<T> x, int count) {
    return tf.unstack(x, (long) count, Unstack.axis(1L)).output().stream()
        .<Operand<T>>map(o -> o)
        .toList();
  }
}
