package org.pixelrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pixelrnn.model.scan.RowScan;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A Row LSTM layer (section 3.1): input to state 1×3 of mask B, state to state 1×3 over the row
 * above. A pixel sees a triangle above it.
 */
final class RowLstmBody implements LayerBody {
  private final int width;
  private final int h;
  private final int channels;
  private final RowScan scan;
  private final MapLayout layout;
  private final Recurrence recurrence;
  private final State hAbove;
  private final State cAbove;

  RowLstmBody(String name, ModelConfig config, int conditionFeatures) {
    this.width = config.getWidth();
    this.h = config.getH();
    this.channels = config.getChannels();
    boolean learned = config.getRowLstm().getLearnedInitialState();
    this.scan = RowScan.of(config.getHeight(), width, 2 * h + conditionFeatures, h, learned);
    this.layout = MapLayout.of(config.getHeight(), width, scan);
    this.recurrence = new Recurrence(name + "/row_lstm", 3, 3, config, learned, conditionFeatures);
    this.hAbove = new State(name + "/row_lstm/h_above", width, h);
    this.cAbove = new State(name + "/row_lstm/c_above", width, h);
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

  /** Of the row above a pixel sees one to the right, no more; but only whole rows are drawn. */
  @Override
  public OptionalInt ahead() {
    return OptionalInt.empty();
  }

  @Override
  public Margin margin() {
    return Margin.NONE;
  }

  /** The h and c of the row above, less the initial ones, so that above the first row it is 0. */
  @Override
  public List<State> state(Lanes lanes) {
    return List.of(hAbove, cAbove);
  }

  @Override
  public List<Operand<TFloat32>> apply(Pass pass, List<Stream> x) {
    return pass.scan(scan, recurrence.conditioning().beside(pass, x), recurrence.values(pass));
  }

  @Override
  public Row row(
      Pass pass,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    Ops tf = pass.tf();
    LstmCells cells = new LstmCells(tf, channels, h);
    Operand<TFloat32> initialH = recurrence.initialH(pass);
    Operand<TFloat32> initialC = recurrence.initialC(pass);
    MaskedConvolutionRow inputToState = recurrence.inputToState().row(pass, List.of(), shift);
    Conditioning.AlongRow conditionRow = recurrence.conditioning().row(pass, condition);
    Operand<TFloat32> above = tf.math.add(state.get(0), initialH);
    // As a convolution along columns of one "image" whose height is the width and whose width is n.
    Operand<TFloat32> kernel =
        tf.expandDims(cells.byGroup(recurrence.stateToState(pass)), tf.constant(1));
    Operand<TFloat32> padded = ZeroPadding.pad(tf, tf.expandDims(above, tf.constant(0)), 1, 1, 0);
    Operand<TFloat32> convolved = tf.nn.conv2d(padded, kernel, List.of(1L, 1L, 1L, 1L), "VALID");
    List<Operand<TFloat32>> fromAbove =
        cells.groupsAlong(tf.reshape(convolved, tf.constant(new int[] {width, -1, 4 * h})), width);
    List<Operand<TFloat32>> cs = cells.groupsAlong(tf.math.add(state.get(1), initialC), width);
    return new Row() {
      private final List<Operand<TFloat32>> hRow = new ArrayList<>();
      private final List<Operand<TFloat32>> cRow = new ArrayList<>();

      @Override
      public Operand<TFloat32> pixel(int column, int group, Operand<TFloat32> x) {
        int i = column * channels + group;
        inputToState.see(x);
        Operand<TFloat32> gates = tf.math.add(inputToState.output(column, group), fromAbove.get(i));
        LstmCells.Cell cell = cells.cell(conditionRow.join(column, group, gates), cs.get(i));
        hRow.add(cell.h());
        cRow.add(cell.c());
        return cell.h();
      }

      @Override
      public List<Operand<TFloat32>> finish() {
        return List.of(
            tf.math.sub(cells.row(hRow), initialH), tf.math.sub(cells.row(cRow), initialC));
      }
    };
  }
}
