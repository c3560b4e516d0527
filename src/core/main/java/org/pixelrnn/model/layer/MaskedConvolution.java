package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.ZeroPadding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A convolution that sees no later pixel and, because of its {@link Mask}, no later channel
 * (section 3.4):
 *
 * <pre>
 *   y = (kernel ⊙ mask) * x + bias
 * </pre>
 *
 * <p>The kernel has no taps below the centre, because all of them would be masked. The kernel of a
 * k×k convolution is {@code [(k + 1) / 2, k, in, out]}, and its last row is the centre's row.
 */
public final class MaskedConvolution {
  private final String name;
  private final MaskGeometry geometry;
  private final Features features;
  private final Weight kernel;
  private final Weight bias;

  /**
   * The features that a convolution connects.
   *
   * @param in the number of input features, which are {@code channels} equal consecutive groups
   * @param out the number of output features: {@code sections} sections of {@code channels} equal
   *     groups each
   * @param channels the number of channel groups, one for each channel of the image
   * @param sections 4 for the gates of an LSTM, otherwise 1
   */
  public record Features(int in, int out, int channels, int sections) {
    /** Features whose output has a single section. */
    public Features(int in, int out, int channels) {
      this(in, out, channels, 1);
    }

    /** The indices of the output features of one channel group, {@code [out / C]}. */
    int[] outputsOf(int group) {
      return IntStream.range(0, out)
          .filter(o -> Mask.groupOf(o, out, channels, sections) == group)
          .toArray();
    }
  }

  private MaskedConvolution(
      String name, Mask mask, int rows, int columns, Features features, double gain, float[] bias) {
    this.name = name;
    this.geometry = new MaskGeometry(mask, rows, columns, features);
    this.features = features;
    this.kernel =
        Weight.normal(
            name + "/kernel", geometry.deviations(gain), rows, columns, features.in, features.out);
    this.bias = Weight.vector(name + "/bias", bias);
  }

  /**
   * A size×size convolution over maps {@code [batch, height, width, in]}.
   *
   * @param size the number of columns of the kernel, odd
   * @param gain the initial variance of the output, divided by the mean square of the input: 2
   *     after a ReLU
   */
  public static MaskedConvolution square(
      String name, Mask mask, int size, Features features, double gain) {
    return new MaskedConvolution(
        name, mask, size / 2 + 1, size, features, gain, new float[features.out]);
  }

  /**
   * A 1×size convolution of mask B along rows.
   *
   * @param size the number of columns of the kernel, odd
   * @param gain as in {@link #square}
   * @param bias the initial bias, {@code [out]}
   */
  static MaskedConvolution alongRow(
      String name, int size, Features features, double gain, float[] bias) {
    return new MaskedConvolution(name, Mask.B, 1, size, features, gain, bias);
  }

  /**
   * A 1×1 convolution of mask B. It is a matrix product, and takes maps of any layout whose last
   * axis is the features.
   *
   * @param gain as in {@link #square}
   */
  public static MaskedConvolution pointwise(String name, Features features, double gain) {
    return alongRow(name, 1, features, gain, new float[features.out]);
  }

  /** The kernel and the bias. */
  public List<Weight> weights() {
    return List.of(kernel, bias);
  }

  String name() {
    return name;
  }

  MaskGeometry geometry() {
    return geometry;
  }

  /** The number of columns right of a pixel that it sees in the rows above. */
  public int rightReach() {
    return geometry.rightReach();
  }

  /** The bias, {@code [out]}. */
  Operand<TFloat32> bias(BuildContext context) {
    return context.weight(bias);
  }

  /**
   * The inputs of earlier turns that the convolution still needs, {@code in} features each. The
   * latest turn comes first. A 1×1 convolution needs none.
   *
   * <p>With one lane these are the rows above. With several lanes they include one more turn: the
   * topmost row was in the lane to the left a turn before it was in this lane. The last columns of
   * that turn are enough. The topmost row of a 1×k convolution is the row of the pixel itself.
   */
  public List<RowState> state(Lanes lanes) {
    List<RowState> state = new ArrayList<>();
    for (int k = 1; k < geometry.rows(); k++) {
      state.add(new RowState(name + "/row_above_" + k, lanes.columns(), features.in));
    }
    if (lanes.count() > 1 && geometry.rightReach() > 0) {
      state.add(new RowState(name + "/left_of_topmost_row", geometry.rightReach(), features.in));
    }
    return state;
  }

  /**
   * Applies the convolution to whole maps.
   *
   * @param x {@code [batch, height, width, in]}; for a 1×1 convolution {@code [..., in]}
   * @return {@code [batch, height, width, out]}; for a 1×1 convolution {@code [..., out]}
   */
  public Operand<TFloating> apply(BuildContext context, Operand<TFloating> x) {
    Ops tf = context.tf();
    Operand<TFloating> masked = context.rounded(kernel(context));
    if (geometry.rows() == 1 && geometry.columns() == 1) {
      return product(context, x, masked);
    }
    Operand<TFloating> padded =
        ZeroPadding.pad(tf, x, geometry.rows() - 1, 0, geometry.rightReach());
    return context.plusBias(tf.nn.conv2d(padded, masked, List.of(1L, 1L, 1L, 1L), "VALID"), bias);
  }

  /**
   * Adds the tensors with which a row begins: what the rows above contribute, and the pixels left
   * of the row.
   *
   * @param state the inputs of earlier turns, as {@link #state}
   */
  public void enter(
      BuildContext context,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      BlockTensors.Builder start) {
    EarlierTurns earlier = new EarlierTurns(context.tf(), geometry, state, shift);
    if (geometry.rowsAboveAtOnce()) {
      RowKernels kernels = RowKernels.of(context, this);
      start.byColumn(
          earlier.convolved(kernels.above().orElseThrow(), kernels.allBiases(context.tf())));
    } else if (geometry.rows() > 1) {
      start.byColumn(earlier.rowAbove());
    }
    if (geometry.rightReach() > 0) {
      start.left(earlier.left());
    }
  }

  /**
   * Begins one block of a row, or the block of each lane.
   *
   * @param start what {@link #enter} has added, cut to the block
   */
  public MaskedConvolutionRow row(BuildContext context, BlockTensors start, LaneShift shift) {
    return new MaskedConvolutionRow(
        context.tf(), geometry, RowKernels.of(context, this), start, shift);
  }

  /**
   * Adds the state for the next turn, as {@link #state}.
   *
   * @param state the state before this turn
   * @param end what {@link MaskedConvolutionRow#leave} has added in all blocks
   */
  public void leave(
      Ops tf, List<Operand<TFloat32>> state, LaneShift shift, BlockTensors end, NextState next) {
    new EarlierTurns(tf, geometry, state, shift).next(end).forEach(next::add);
  }

  private Operand<TFloating> product(
      BuildContext context, Operand<TFloating> x, Operand<TFloating> masked) {
    Ops tf = context.tf();
    Operand<TFloating> vectors = tf.reshape(x, tf.constant(new int[] {-1, features.in}));
    Operand<TFloating> matrix =
        tf.reshape(masked, tf.constant(new int[] {features.in, features.out}));
    long[] shape = x.shape().asArray();
    shape[shape.length - 1] = features.out;
    // The bias comes right after the product, so that TensorFlow fuses both into one operation.
    return tf.reshape(
        context.plusBias(tf.linalg.matMul(vectors, matrix), bias), tf.constant(shape));
  }

  /** The kernel with zeros where the mask hides the input, {@code [rows, columns, in, out]}. */
  Operand<TFloat32> kernel(BuildContext context) {
    if (geometry.mask() == Mask.B && geometry.columns() == 1 && features.channels == 1) {
      return context.weight(kernel);
    }
    Ops tf = context.tf();
    // A comparison instead of a constant of the kernel's size: an export has dozens of kernels.
    return tf.math.mul(
        context.weight(kernel),
        tf.dtypes.cast(
            tf.math.less(
                tf.constant(geometry.groupsOfInputs()), tf.constant(geometry.visibleGroups())),
            TFloat32.class));
  }
}
