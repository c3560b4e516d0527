package org.pixelrnn.model.layer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link MaskedConvolution} while a block of a row is being sampled, or the block of each lane.
 * The taps of a 5×5 convolution come from these places:
 *
 * <pre>
 *   one lane, any pixel        several lanes, the last pixel of a block
 *
 *     A  A  A  A  A              A  A  A │ A  A
 *     A  A  A  A  A              A  A  A │ R  R
 *     T  T  c                    T  T  c │
 *                                  block │ the lane to the right
 *
 *   A   rows above: one convolution for all pixels, before the first pixel of the row
 *   R   the row above in the lane to the right: pixels that were sampled earlier in this turn
 *   T   this row, left of the pixel
 *   c   the pixel itself: the channel groups that the mask shows
 * </pre>
 *
 * <p>R and T are one matrix product for each pixel, and c is one product for each channel group.
 * With a single channel group, all three are one product. A 3×3 convolution has only one row above,
 * and takes it pixel by pixel, in the same product as T. {@link RowKernels} holds the matrices, and
 * {@link ConvolutionInputs} the pixels.
 */
public final class MaskedConvolutionRow {
  private final Ops tf;
  private final MaskGeometry geometry;
  private final RowKernels kernels;
  private final ConvolutionInputs inputs;
  private final int channels;

  /** The number of the axis of features, {@code []}. One constant serves all pixels. */
  private final Operand<TInt32> featuresAxis;

  /**
   * By column: the contribution of the A taps and the bias, in the order of groups, {@code [lanes ·
   * n, out]}. Empty if the convolution takes the row above pixel by pixel.
   */
  private final List<Operand<TFloat32>> fromAbove;

  /**
   * By group: the bias for every image, {@code [lanes · n, out / C]}; empty if {@link #fromAbove}
   * includes it. Adding tensors of equal shapes is cheaper than a BiasAdd. It is also not fused
   * into oneDNN's matrix product, whose overhead at this size is several times the time of the
   * product.
   */
  private final List<Operand<TFloat32>> biases;

  /** The channel groups of the current pixel so far, {@code [lanes · n, in / C]} each. */
  private final List<Operand<TFloat32>> groups = new ArrayList<>();

  /** By group: the contribution of all taps but the centre at the current pixel. */
  private List<Operand<TFloat32>> beforeCentre = List.of();

  private final Map<CutKernel, Operand<TFloat32>> cutKernels = new HashMap<>();

  /**
   * Begins a block.
   *
   * @param start what {@link MaskedConvolution#enter} has added
   */
  MaskedConvolutionRow(
      Ops tf, MaskGeometry geometry, RowKernels kernels, BlockTensors start, LaneShift shift) {
    this.tf = tf;
    this.geometry = geometry;
    this.kernels = kernels;
    this.channels = geometry.features().channels();
    this.featuresAxis = tf.constant(1);
    this.biases =
        geometry.rowsAboveAtOnce()
            ? List.of()
            : kernels.biases().stream().map(shift::broadcast).toList();
    this.fromAbove = kernels.above().isEmpty() ? List.of() : unstack(start.takeByColumn());
    Optional<Operand<TFloat32>> rowAbove =
        geometry.rows() > 1 && !geometry.rowsAboveAtOnce()
            ? Optional.of(start.takeByColumn())
            : Optional.empty();
    Optional<Operand<TFloat32>> left =
        geometry.rightReach() > 0 ? Optional.of(start.takeLeft()) : Optional.empty();
    this.inputs = new ConvolutionInputs(tf, geometry, rowAbove, left, shift);
  }

  /**
   * Adds the next channel group of the input at the current pixel.
   *
   * @param group {@code [lanes · n, in / C]}
   */
  public void addInput(Operand<TFloat32> group) {
    groups.add(group);
    if (groups.size() == channels) {
      inputs.add(concat(groups));
      groups.clear();
    }
  }

  /**
   * One channel group of the output at a pixel. Callers first add the input's groups that it sees:
   * with mask B up to the same group, with mask A up to the group before it.
   *
   * @return {@code [lanes · n, out / C]}; if the output has sections, the group's part of each
   */
  public Operand<TFloat32> output(int column, int group) {
    return output(column, group, List.of());
  }

  /**
   * As {@link #output(int, int)}, plus other tensors of the same shape.
   *
   * @param others {@code [lanes · n, out / C]} each
   */
  Operand<TFloat32> output(int column, int group, List<Operand<TFloat32>> others) {
    List<Operand<TFloat32>> terms = terms(column, group);
    terms.addAll(others);
    return sum(terms);
  }

  /** The terms of one channel group of the output at a pixel. */
  private List<Operand<TFloat32>> terms(int column, int group) {
    List<Operand<TFloat32>> terms = new ArrayList<>();
    if (kernels.beforeCentre().isEmpty()) {
      List<Operand<TFloat32>> taps = inputs.before(column);
      taps.addAll(centre(column, group));
      terms.add(product(column, taps, kernels.centres().get(group)));
      terms.add(fromAbove.isEmpty() ? biases.get(group) : fromAbove.get(column));
      return terms;
    }
    if (group == 0) {
      Operand<TFloat32> product =
          product(column, inputs.before(column), kernels.beforeCentre().get());
      Operand<TFloat32> sum =
          fromAbove.isEmpty() ? product : tf.math.add(product, fromAbove.get(column));
      beforeCentre = new ArrayList<>(tf.split(featuresAxis, sum, (long) channels).output());
    }
    terms.add(beforeCentre.get(group));
    if (fromAbove.isEmpty()) {
      terms.add(biases.get(group));
    }
    List<Operand<TFloat32>> centre = centre(column, group);
    if (!centre.isEmpty()) {
      terms.add(tf.linalg.matMul(concat(centre), kernels.centres().get(group)));
    }
    return terms;
  }

  /** Adds what the row below and the next block need, after the last pixel of the block. */
  public void leave(BlockTensors.Builder end) {
    inputs.leave(end);
  }

  private List<Operand<TFloat32>> unstack(Operand<TFloat32> row) {
    return new ArrayList<>(tf.unstack(row, row.shape().get(0), Unstack.axis(0L)).output());
  }

  /** The channel groups of the pixel itself that a group of the output sees. */
  private List<Operand<TFloat32>> centre(int column, int group) {
    int visible = geometry.mask().visibleGroups(group);
    return visible == channels ? List.of(inputs.pixel(column)) : groups.subList(0, visible);
  }

  /**
   * The product of the taps of a pixel and a kernel. With {@link #fromAbove}, the kernel begins
   * with the taps right of the centre in the row above. Those inside the block are A taps, so their
   * inputs are cut off the kernel.
   */
  private Operand<TFloat32> product(
      int column, List<Operand<TFloat32>> taps, Operand<TFloat32> kernel) {
    int tapsInBlock =
        fromAbove.isEmpty() ? 0 : geometry.rightReach() - inputs.tapsInRightLane(column);
    Operand<TFloat32> matrix =
        tapsInBlock == 0
            ? kernel
            : cutKernels.computeIfAbsent(new CutKernel(kernel, tapsInBlock), this::cut);
    return tf.linalg.matMul(concat(taps), matrix);
  }

  /** A kernel without the inputs of its first taps. */
  private record CutKernel(Operand<TFloat32> kernel, int firstTaps) {}

  private Operand<TFloat32> cut(CutKernel cut) {
    int first = cut.firstTaps * geometry.features().in();
    return tf.slice(cut.kernel, tf.constant(new int[] {first, 0}), tf.constant(new int[] {-1, -1}));
  }

  private Operand<TFloat32> concat(List<Operand<TFloat32>> tensors) {
    return tensors.size() == 1 ? tensors.get(0) : tf.concat(List.copyOf(tensors), featuresAxis);
  }

  /** The sum of the tensors; a single operation costs less than one for each tensor. */
  private Operand<TFloat32> sum(List<Operand<TFloat32>> tensors) {
    return switch (tensors.size()) {
      case 1 -> tensors.get(0);
      case 2 -> tf.math.add(tensors.get(0), tensors.get(1));
      default -> tf.math.addN(tensors);
    };
  }
}
