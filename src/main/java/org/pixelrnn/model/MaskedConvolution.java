package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A convolution that sees no later pixel and, by its {@link Mask}, no later channel (section 3.4):
 * {@code y = (kernel ⊙ mask) * x + bias}.
 *
 * <p>Taps below the centre would all be masked, so the kernel does not have them: a k×k convolution
 * is {@code [(k + 1) / 2, k, in, out]}, its last row the centre's. A 1×1 convolution is a matrix
 * product and takes maps in any layout whose last axis is features; others take {@code [batch,
 * height, width, in]}.
 */
final class MaskedConvolution {
  private final Mask mask;
  private final int rows;
  private final int columns;
  private final Features features;
  private final Weight kernel;
  private final Weight bias;
  private final String name;

  /**
   * What a convolution connects.
   *
   * @param in input features, in {@code channels} equal consecutive groups
   * @param out output features: {@code sections} times {@code channels} equal groups
   * @param channels groups of features, one a channel of the image
   * @param sections 1, or 4 for the gates of an LSTM, each of which has all groups
   */
  record Features(int in, int out, int channels, int sections) {
    Features(int in, int out, int channels) {
      this(in, out, channels, 1);
    }

    /** The output features of one channel group. */
    int[] outputsOf(int group) {
      return IntStream.range(0, out)
          .filter(o -> Mask.groupOf(o, out, channels, sections) == group)
          .toArray();
    }
  }

  private MaskedConvolution(
      String name, Mask mask, int rows, int columns, Features features, double gain, float[] bias) {
    this.mask = mask;
    this.rows = rows;
    this.columns = columns;
    this.features = features;
    this.kernel =
        Weight.normal(name + "/kernel", deviations(gain), rows, columns, features.in, features.out);
    this.bias = Weight.vector(name + "/bias", bias);
    this.name = name;
  }

  /**
   * A size×size convolution.
   *
   * @param size odd
   * @param gain the variance of the output at the beginning, per mean square of the input: 2 where
   *     a ReLU came before
   */
  static MaskedConvolution square(
      String name, Mask mask, int size, Features features, double gain) {
    return new MaskedConvolution(
        name, mask, size / 2 + 1, size, features, gain, new float[features.out]);
  }

  /**
   * A 1×size convolution of mask B along rows.
   *
   * @param bias what it is initially, {@code [out]}
   */
  static MaskedConvolution alongRow(
      String name, int size, Features features, double gain, float[] bias) {
    return new MaskedConvolution(name, Mask.B, 1, size, features, gain, bias);
  }

  /** A 1×1 convolution of mask B. */
  static MaskedConvolution pointwise(String name, Features features, double gain) {
    return alongRow(name, 1, features, gain, new float[features.out]);
  }

  List<Weight> weights() {
    return List.of(kernel, bias);
  }

  /** How many columns to the right of its own it sees of the rows above. */
  int ahead() {
    return columns / 2;
  }

  /** {@code [out]}. */
  Operand<TFloat32> bias(Pass pass) {
    return pass.weight(bias);
  }

  /**
   * The inputs of earlier turns that the convolution still needs, {@code in} features each, the
   * latest first; none if 1×k. With one lane these are the rows above. With several, there is a
   * turn more, of which the last columns are enough: the topmost row was in the lane to the left a
   * turn earlier than in this one.
   */
  List<State> state(Lanes lanes) {
    if (rows == 1) {
      return List.of();
    }
    List<State> state = new ArrayList<>();
    for (int k = 1; k < rows; k++) {
      state.add(new State(name + "/row_above_" + k, lanes.columns(), features.in));
    }
    if (lanes.count() > 1) {
      state.add(new State(name + "/left_of_topmost_row", columns / 2, features.in));
    }
    return state;
  }

  /**
   * The whole map at once.
   *
   * @param x {@code [batch, height, width, in]}; {@code [..., in]} if 1×1
   * @return the same with {@code out} features
   */
  Operand<TFloat32> apply(Pass pass, Operand<TFloat32> x) {
    Ops tf = pass.tf();
    Operand<TFloat32> masked = kernel(pass);
    if (rows == 1 && columns == 1) {
      return tf.nn.biasAdd(product(tf, x, masked), pass.weight(bias));
    }
    Operand<TFloat32> padded = ZeroPadding.pad(tf, x, rows - 1, 0, columns / 2);
    return tf.nn.biasAdd(
        tf.nn.conv2d(padded, masked, List.of(1L, 1L, 1L, 1L), "VALID"), pass.weight(bias));
  }

  /**
   * The convolution on its way along a row, or along each lane's part of one.
   *
   * @param state as {@link #state}
   */
  MaskedConvolutionRow row(Pass pass, List<Operand<TFloat32>> state, LaneShift shift) {
    int groups = features.channels;
    int outputs = features.out / groups;
    int alongRow = tapsAlongRow();
    // Where there are several groups, their taps before the centre are the same.
    boolean together = groups > 1 && alongRow > 0;
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      int group = g;
      int first = together ? tapsBefore() : tapsBefore() - alongRow;
      int seen = tapsBefore() + mask.groupsSeen(g) * (features.in / groups) - first;
      kernels.add(
          pass.prepared(
              new Prepared(
                  name + "/kernel_of_group" + g,
                  Shape.of(seen, outputs),
                  p -> of(p.tf(), group, taps(p, first, seen), 1))));
    }
    return new MaskedConvolutionRow(
        pass.tf(),
        mask,
        rows,
        columns,
        features,
        rows > 1 ? Optional.of(kernelAbove(pass)) : Optional.empty(),
        together ? Optional.of(kernelBeforeCentre(pass)) : Optional.empty(),
        kernels,
        biases(pass),
        state,
        shift);
  }

  /** Of each group, {@code [out / C]}. */
  private List<Operand<TFloat32>> biases(Pass pass) {
    int outputs = features.out / features.channels;
    return IntStream.range(0, features.channels)
        .<Operand<TFloat32>>mapToObj(
            group ->
                pass.prepared(
                    new Prepared(
                        name + "/bias_of_group" + group,
                        Shape.of(outputs),
                        p -> of(p.tf(), group, p.weight(bias), 0))))
        .toList();
  }

  /**
   * The taps of the rows above, one row's features after the other's, {@code [columns, 1, (rows -
   * 1) · in, out]}, the outputs group by group.
   */
  private Operand<TFloat32> kernelAbove(Pass pass) {
    int above = rows - 1;
    int inputs = above * features.in;
    return pass.prepared(
        new Prepared(
            name + "/kernel_above",
            Shape.of(columns, 1, inputs, features.out),
            p -> {
              Ops tf = p.tf();
              Operand<TFloat32> taps =
                  tf.reshape(
                      groupByGroup(tf, taps(p, 0, columns * inputs)),
                      tf.constant(new int[] {above, columns, features.in, features.out}));
              return tf.reshape(
                  tf.linalg.transpose(taps, tf.constant(new int[] {1, 0, 2, 3})),
                  tf.constant(new int[] {columns, 1, inputs, features.out}));
            }));
  }

  /** The taps before the centre that are seen pixel by pixel, the outputs group by group. */
  private Operand<TFloat32> kernelBeforeCentre(Pass pass) {
    int size = tapsAlongRow();
    return pass.prepared(
        new Prepared(
            name + "/kernel_before_centre",
            Shape.of(size, features.out),
            p -> groupByGroup(p.tf(), taps(p, tapsBefore() - size, size))));
  }

  /** Inputs of all taps before the centre. */
  private int tapsBefore() {
    return ((rows - 1) * columns + columns / 2) * features.in;
  }

  /**
   * Inputs of the taps before the centre that can be seen no sooner than pixel by pixel: in the row
   * itself, and, as it may be in the lane to the right, in the row above on the right.
   */
  private int tapsAlongRow() {
    return (rows > 1 ? 2 : 1) * (columns / 2) * features.in;
  }

  /** The masked kernel's taps in order, of which some inputs, {@code [size, out]}. */
  private Operand<TFloat32> taps(Pass pass, int first, int size) {
    Ops tf = pass.tf();
    Operand<TFloat32> taps =
        tf.reshape(
            kernel(pass), tf.constant(new int[] {rows * columns * features.in, features.out}));
    return tf.slice(
        taps, tf.constant(new int[] {first, 0}), tf.constant(new int[] {size, features.out}));
  }

  /** Columns so ordered that each group's lie side by side. */
  private Operand<TFloat32> groupByGroup(Ops tf, Operand<TFloat32> kernel) {
    if (features.channels == 1) {
      return kernel;
    }
    int[] order =
        IntStream.range(0, features.channels)
            .flatMap(group -> IntStream.of(features.outputsOf(group)))
            .toArray();
    return tf.gather(kernel, tf.constant(order), tf.constant(1));
  }

  /** The outputs of a group, from an axis of all. */
  private Operand<TFloat32> of(Ops tf, int group, Operand<TFloat32> all, int axis) {
    return features.channels == 1
        ? all
        : tf.gather(all, tf.constant(features.outputsOf(group)), tf.constant(axis));
  }

  private Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, Operand<TFloat32> masked) {
    Operand<TFloat32> vectors = tf.reshape(x, tf.constant(new int[] {-1, features.in}));
    Operand<TFloat32> matrix =
        tf.reshape(masked, tf.constant(new int[] {features.in, features.out}));
    long[] shape = x.shape().asArray();
    shape[shape.length - 1] = features.out;
    return tf.reshape(tf.linalg.matMul(vectors, matrix), tf.constant(shape));
  }

  /** The kernel with its hidden taps at zero, {@code [rows, columns, in, out]}. */
  Operand<TFloat32> kernel(Pass pass) {
    if (mask == Mask.B && columns == 1 && features.channels == 1) {
      return pass.weight(kernel);
    }
    Ops tf = pass.tf();
    // A comparison, and no constant of the kernel's size: an export has dozens of them.
    return tf.math.mul(
        pass.weight(kernel),
        tf.dtypes.cast(
            tf.math.less(tf.constant(groupsOfInputs()), tf.constant(groupsSeen())),
            TFloat32.class));
  }

  /** The channel group of each input feature, {@code [in, 1]}. */
  private int[][] groupsOfInputs() {
    int[][] groups = new int[features.in][1];
    for (int i = 0; i < features.in; i++) {
      groups[i][0] = Mask.groupOf(i, features.in, features.channels, 1);
    }
    return groups;
  }

  /** How many of its input's groups each tap shows, {@code [rows, columns, 1, out]}. */
  private int[][][][] groupsSeen() {
    int[][][][] seen = new int[rows][columns][1][features.out];
    for (int tap = 0; tap < rows * columns; tap++) {
      int beyondCentre = tap - ((rows - 1) * columns + columns / 2);
      for (int o = 0; o < features.out; o++) {
        int group = Mask.groupOf(o, features.out, features.channels, features.sections);
        seen[tap / columns][tap % columns][0][o] =
            beyondCentre < 0 ? features.channels : beyondCentre > 0 ? 0 : mask.groupsSeen(group);
      }
    }
    return seen;
  }

  /** He initialisation, counting for each output feature the taps that its mask leaves. */
  private float[] deviations(double gain) {
    float[] deviations = new float[features.out];
    for (int o = 0; o < features.out; o++) {
      int group = Mask.groupOf(o, features.out, features.channels, features.sections);
      int seen = tapsBefore() + mask.groupsSeen(group) * (features.in / features.channels);
      deviations[o] = (float) Math.sqrt(gain / Math.max(1, seen));
    }
    return deviations;
  }
}
