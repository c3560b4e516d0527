package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
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
  private final String name;
  private final Taps taps;
  private final Features features;
  private final Weight kernel;
  private final Weight bias;

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
    this.name = name;
    this.taps = new Taps(mask, rows, columns, features);
    this.features = features;
    this.kernel =
        Weight.normal(
            name + "/kernel", taps.deviations(gain), rows, columns, features.in, features.out);
    this.bias = Weight.vector(name + "/bias", bias);
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

  String name() {
    return name;
  }

  Taps taps() {
    return taps;
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
    if (taps.rows() == 1) {
      return List.of();
    }
    List<State> state = new ArrayList<>();
    for (int k = 1; k < taps.rows(); k++) {
      state.add(new State(name + "/row_above_" + k, lanes.columns(), features.in));
    }
    if (lanes.count() > 1) {
      state.add(new State(name + "/left_of_topmost_row", taps.ahead(), features.in));
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
    if (taps.rows() == 1 && taps.columns() == 1) {
      return product(tf, x, masked, pass.weight(bias));
    }
    Operand<TFloat32> padded = ZeroPadding.pad(tf, x, taps.rows() - 1, 0, taps.ahead());
    return tf.nn.biasAdd(
        tf.nn.conv2d(padded, masked, List.of(1L, 1L, 1L, 1L), "VALID"), pass.weight(bias));
  }

  /**
   * The convolution on its way along a row, or along each lane's part of one.
   *
   * @param state as {@link #state}
   */
  MaskedConvolutionRow row(Pass pass, List<Operand<TFloat32>> state, LaneShift shift) {
    return new MaskedConvolutionRow(pass.tf(), taps, RowKernels.of(pass, this), state, shift);
  }

  private Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> masked, Operand<TFloat32> bias) {
    Operand<TFloat32> vectors = tf.reshape(x, tf.constant(new int[] {-1, features.in}));
    Operand<TFloat32> matrix =
        tf.reshape(masked, tf.constant(new int[] {features.in, features.out}));
    long[] shape = x.shape().asArray();
    shape[shape.length - 1] = features.out;
    // The bias right after the product: TensorFlow makes one operation of both.
    return tf.reshape(tf.nn.biasAdd(tf.linalg.matMul(vectors, matrix), bias), tf.constant(shape));
  }

  /** The kernel with its hidden taps at zero, {@code [rows, columns, in, out]}. */
  Operand<TFloat32> kernel(Pass pass) {
    if (taps.mask() == Mask.B && taps.columns() == 1 && features.channels == 1) {
      return pass.weight(kernel);
    }
    Ops tf = pass.tf();
    // A comparison, and no constant of the kernel's size: an export has dozens of them.
    return tf.math.mul(
        pass.weight(kernel),
        tf.dtypes.cast(
            tf.math.less(tf.constant(taps.groupsOfInputs()), tf.constant(taps.groupsSeen())),
            TFloat32.class));
  }
}
