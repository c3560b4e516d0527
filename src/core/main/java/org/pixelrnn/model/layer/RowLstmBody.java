package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalInt;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.ZeroPadding;
import org.pixelrnn.model.scan.RowScan;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The body of a Row LSTM layer (section 3.1): input-to-state is a 1×3 convolution of mask B, and
 * state-to-state is a 1×3 convolution over h of the row above. A pixel sees a triangle above it.
 *
 * <p>During sampling, lane a is at row {@code r = t - a} at turn t. State-to-state reads the row
 * above from these turns:
 *
 * <pre>
 *               left lane            this lane, a      right lane
 *   row r - 1   turn t - 2           turn t - 1        turn t, so far
 *               its last pixel       the block         its first pixel
 * </pre>
 *
 * <p>One convolution takes the left lane and this lane, before the first pixel of the row. The
 * right lane is up to {@link RowLstmRow}. With a single lane, pixels outside the block are outside
 * the image and are zero.
 */
final class RowLstmBody implements LayerBody {
  private final String name;
  private final int h;
  private final int channels;
  private final RowScan scan;
  private final MapLayout layout;
  private final RecurrenceWeights recurrence;

  RowLstmBody(String name, ModelConfig config, int conditionFeatures) {
    this.name = name + "/row_lstm";
    this.h = config.getH();
    this.channels = config.getChannels();
    boolean learned = config.getRowLstm().getLearnedInitialState();
    this.scan =
        RowScan.of(config.getHeight(), config.getWidth(), 2 * h + conditionFeatures, h, learned);
    this.layout = MapLayout.of(config.getHeight(), config.getWidth(), scan);
    this.recurrence = new RecurrenceWeights(this.name, 3, 3, config, learned, conditionFeatures);
  }

  @Override
  public int pieces() {
    return 1;
  }

  @Override
  public MapLayout layout(int pieces) {
    return layout;
  }

  @Override
  public List<Weight> weights() {
    return recurrence.weights();
  }

  @Override
  public OptionalInt rightReach() {
    return OptionalInt.of(1);
  }

  @Override
  public RightPadding padding() {
    return RightPadding.NONE;
  }

  /**
   * The h and the c of the row above, minus the initial h and c. So the state is 0 above the first
   * row. With several lanes also h at the end of the block one turn earlier, and the state of
   * input-to-state.
   */
  @Override
  public List<RowState> state(Lanes lanes) {
    ImmutableList.Builder<RowState> state = ImmutableList.builder();
    state.add(new RowState(name + "/h_above", lanes.columns(), h));
    state.add(new RowState(name + "/c_above", lanes.columns(), h));
    if (lanes.count() > 1) {
      state.add(new RowState(name + "/h_left_of_row_above", 1, h));
    }
    return state.addAll(recurrence.inputToState().state(lanes)).build();
  }

  @Override
  public List<Operand<TFloating>> apply(BuildContext context, List<LayerMaps<TFloating>> x) {
    return context.call(
        scan.computed(context.computation()),
        ImmutableList.<Operand<TFloating>>builder()
            .addAll(recurrence.conditionProjection().scanInput(context, x))
            .addAll(recurrence.scanWeights(context))
            .build());
  }

  @Override
  public void enter(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors.Builder start) {
    List<Operand<TFloat32>> state = earlier.state();
    Ops tf = context.tf();
    Operand<TFloat32> initialH = recurrence.initialH(context);
    Operand<TFloat32> above = shift.zeroRightOfImage(tf.math.add(state.get(0), initialH));
    // One "image", [1, columns, lanes · n, h]: its height is columns, and its width is images.
    Operand<TFloat32> row = tf.expandDims(above, tf.constant(0));
    Operand<TFloat32> padded = ZeroPadding.pad(tf, row, 1, 1, 0);
    if (shift.lanes().count() > 1) {
      Operand<TFloat32> left = shift.fromLeftLane(tf.math.add(state.get(2), initialH), 1);
      padded =
          tf.concat(
              List.of(tf.expandDims(left, tf.constant(0)), ZeroPadding.pad(tf, row, 0, 1, 0)),
              tf.constant(1));
    }
    Operand<TFloat32> kernel =
        tf.expandDims(
            new LstmCells(tf, channels, h).sortByGroup(recurrence.stateToState(context)),
            tf.constant(1));
    Operand<TFloat32> convolved = tf.nn.conv2d(padded, kernel, List.of(1L, 1L, 1L, 1L), "VALID");
    int columns = shift.lanes().columns();
    start.byColumn(tf.reshape(convolved, tf.constant(new int[] {columns, -1, 4 * h})));
    start.byColumn(tf.math.add(state.get(1), recurrence.initialC(context)));
    recurrence.conditionProjection().enter(context, earlier.condition(), start);
    recurrence.inputToState().enter(context, inputToState(state, shift), shift, start);
  }

  @Override
  public LayerRow row(BuildContext context, BlockTensors start, LaneShift shift) {
    return new RowLstmRow(
        context, recurrence, new LstmCells(context.tf(), channels, h), start, shift);
  }

  @Override
  public void leave(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors end, NextState next) {
    Ops tf = context.tf();
    next.add(shift.change(end.takeByColumn(), recurrence.initialH(context), h));
    next.add(shift.change(end.takeByColumn(), recurrence.initialC(context), h));
    if (shift.lanes().count() > 1) {
      next.add(
          tf.slice(
              earlier.state().get(0),
              tf.constant(new int[] {shift.lanes().columns() - 1, 0, 0}),
              tf.constant(new int[] {1, -1, -1})));
    }
    recurrence.inputToState().leave(tf, inputToState(earlier.state(), shift), shift, end, next);
  }

  /** The part of the state that belongs to input-to-state. */
  private static List<Operand<TFloat32>> inputToState(
      List<Operand<TFloat32>> state, LaneShift shift) {
    return state.subList(shift.lanes().count() > 1 ? 3 : 2, state.size());
  }
}
