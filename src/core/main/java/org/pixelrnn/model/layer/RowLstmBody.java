package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 */
final class RowLstmBody implements LayerBody {
  private final int width;
  private final int h;
  private final int channels;
  private final RowScan scan;
  private final MapLayout layout;
  private final RecurrenceWeights recurrence;
  private final RowState hAbove;
  private final RowState cAbove;

  RowLstmBody(String name, ModelConfig config, int conditionFeatures) {
    this.width = config.getWidth();
    this.h = config.getH();
    this.channels = config.getChannels();
    boolean learned = config.getRowLstm().getLearnedInitialState();
    this.scan = RowScan.of(config.getHeight(), width, 2 * h + conditionFeatures, h, learned);
    this.layout = MapLayout.of(config.getHeight(), width, scan);
    this.recurrence =
        new RecurrenceWeights(name + "/row_lstm", 3, 3, config, learned, conditionFeatures);
    this.hAbove = new RowState(name + "/row_lstm/h_above", width, h);
    this.cAbove = new RowState(name + "/row_lstm/c_above", width, h);
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

  /**
   * Empty: a pixel sees one column to the right in the row above, but lanes are not implemented.
   */
  @Override
  public OptionalInt rightReach() {
    return OptionalInt.empty();
  }

  @Override
  public RightPadding padding() {
    return RightPadding.NONE;
  }

  /**
   * The h and the c of the row above, minus the initial h and c. So the state is 0 above the first
   * row.
   */
  @Override
  public List<RowState> state(Lanes lanes) {
    return List.of(hAbove, cAbove);
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
  public LayerRow row(
      BuildContext context,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    Ops tf = context.tf();
    LstmCells cells = new LstmCells(tf, channels, h);
    Operand<TFloat32> initialH = recurrence.initialH(context);
    Operand<TFloat32> initialC = recurrence.initialC(context);
    MaskedConvolutionRow inputToState = recurrence.inputToState().row(context, List.of(), shift);
    ConditionProjection.Row conditionRow = recurrence.conditionProjection().row(context, condition);
    Operand<TFloat32> above = tf.math.add(state.get(0), initialH);
    // One convolution over a single "image", [1, width, n, h]: its height is the columns of the
    // row,
    // and its width is the images of the batch.
    Operand<TFloat32> kernel =
        tf.expandDims(cells.sortByGroup(recurrence.stateToState(context)), tf.constant(1));
    Operand<TFloat32> padded = ZeroPadding.pad(tf, tf.expandDims(above, tf.constant(0)), 1, 1, 0);
    Operand<TFloat32> convolved = tf.nn.conv2d(padded, kernel, List.of(1L, 1L, 1L, 1L), "VALID");
    List<Operand<TFloat32>> fromAbove =
        cells.splitRow(tf.reshape(convolved, tf.constant(new int[] {width, -1, 4 * h})), width);
    List<Operand<TFloat32>> cAbove = cells.splitRow(tf.math.add(state.get(1), initialC), width);
    return new LayerRow() {
      private final List<Operand<TFloat32>> hRow = new ArrayList<>();
      private final List<Operand<TFloat32>> cRow = new ArrayList<>();

      @Override
      public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
        int i = column * channels + group;
        inputToState.addInput(x);
        Operand<TFloat32> gates = tf.math.add(inputToState.output(column, group), fromAbove.get(i));
        LstmCells.Cell cell = cells.cell(conditionRow.add(column, group, gates), cAbove.get(i));
        hRow.add(cell.h());
        cRow.add(cell.c());
        return cell.h();
      }

      @Override
      public List<Operand<TFloat32>> finish() {
        return List.of(
            tf.math.sub(cells.joinRow(hRow), initialH), tf.math.sub(cells.joinRow(cRow), initialC));
      }
    };
  }
}
