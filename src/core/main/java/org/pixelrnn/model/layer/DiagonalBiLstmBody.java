package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.scan.DiagonalScan;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The body of a Diagonal BiLSTM layer (section 3.2): the sum of a recurrence from the upper left
 * and a recurrence from the upper right, whose map is shifted down by one row. Together they see
 * the features of every earlier pixel.
 *
 * <p>During sampling, the left-to-right recurrence advances pixel by pixel. The right-to-left
 * recurrence runs over the complete row after its last pixel. Its result is state for the row
 * below, because the map of that recurrence is shifted down.
 */
final class DiagonalBiLstmBody implements LayerBody {
  /** The right-to-left recurrence begins in a column right of the image. */
  private static final RightPadding PADDING = new RightPadding(1);

  private static final int RECURRENCES = 2;

  private final int width;
  private final int h;
  private final int channels;
  private final int height;

  /** The scan over maps in one piece, and the scan over maps in two pieces. */
  private final List<DiagonalScan> scans;

  private final RecurrenceWeights rightwards;
  private final RecurrenceWeights leftwards;
  private final RowState rightwardsAbove;
  private final RowState leftwardsAbove;

  DiagonalBiLstmBody(String name, ModelConfig config, int conditionFeatures) {
    this.width = config.getWidth() + PADDING.columns();
    this.h = config.getH();
    this.channels = config.getChannels();
    boolean learned = config.getDiagonalBilstm().getLearnedInitialState();
    this.height = config.getHeight();
    this.scans =
        IntStream.rangeClosed(1, RECURRENCES)
            .mapToObj(
                pieces ->
                    DiagonalScan.of(height, width, pieces, 2 * h + conditionFeatures, h, learned))
            .toList();
    this.rightwards =
        new RecurrenceWeights(name + "/rightwards", 1, 2, config, learned, conditionFeatures);
    this.leftwards =
        new RecurrenceWeights(name + "/leftwards", 1, 2, config, learned, conditionFeatures);
    this.rightwardsAbove = new RowState(name + "/rightwards/h_above", width, h);
    this.leftwardsAbove = new RowState(name + "/leftwards/h_above", width, h);
  }

  @Override
  public MapLayout layout(int pieces) {
    return MapLayout.of(height, width, scans.get(pieces - 1));
  }

  @Override
  public int pieces() {
    return RECURRENCES;
  }

  @Override
  public List<Weight> weights() {
    return ImmutableList.<Weight>builder()
        .addAll(rightwards.weights())
        .addAll(leftwards.weights())
        .build();
  }

  /** Empty: the right-to-left recurrence needs the whole row above. */
  @Override
  public OptionalInt rightReach() {
    return OptionalInt.empty();
  }

  @Override
  public RightPadding padding() {
    return PADDING;
  }

  /**
   * The h of the row above in both directions, minus the initial h. So the state is 0 above the
   * first row.
   */
  @Override
  public List<RowState> state(Lanes lanes) {
    return List.of(rightwardsAbove, leftwardsAbove);
  }

  @Override
  public List<Operand<TFloating>> apply(BuildContext context, List<LayerMaps<TFloating>> x) {
    return context.call(
        scans.get(x.size() - 1).computed(context.computation()),
        ImmutableList.<Operand<TFloating>>builder()
            .addAll(rightwards.conditionProjection().scanInput(context, x))
            .addAll(rightwards.scanWeights(context))
            .addAll(leftwards.scanWeights(context))
            .build());
  }

  @Override
  public void enter(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors.Builder start) {
    Ops tf = context.tf();
    LstmCells cells = new LstmCells(tf, channels, h);
    Operand<TFloat32> initialH = rightwards.initialH(context);
    Operand<TFloat32> above = tf.math.add(earlier.state().get(0), initialH);
    Operand<TFloat32> upperTap =
        RecurrenceWeights.tap(tf, cells.sortByGroup(rightwards.stateToState(context)), 0);
    start.byColumn(RecurrenceWeights.product(tf, above, upperTap));
    start.byColumn(tf.math.add(earlier.state().get(1), leftwards.initialH(context)));
    rightwards.conditionProjection().enter(context, earlier.condition(), start);
    // The initial state stands for the pixel left of the first pixel.
    start.left(tf.expandDims(shift.broadcast(initialH), tf.constant(0)));
    start.left(tf.expandDims(shift.broadcast(rightwards.initialC(context)), tf.constant(0)));
  }

  @Override
  public LayerRow row(BuildContext context, BlockTensors start, LaneShift shift) {
    return new DiagonalBiLstmRow(
        context, rightwards, new LstmCells(context.tf(), channels, h), start, shift);
  }

  @Override
  public void leave(
      BuildContext context, Earlier earlier, LaneShift shift, BlockTensors end, NextState next) {
    Ops tf = context.tf();
    Operand<TFloat32> x = end.takeByColumn();
    next.add(tf.math.sub(end.takeByColumn(), rightwards.initialH(context)));
    // The h and the c of the last pixel: no block follows.
    end.takeLeft();
    end.takeLeft();
    Operand<TFloat32> fromInput =
        Precision.float32(
            tf,
            leftwards
                .conditionProjection()
                .add(
                    context,
                    leftwards.inputToState().apply(context, Precision.floating(x)),
                    earlier.condition().map(Precision::floating)));
    Operand<TFloat32> taps = leftwards.stateToState(context);
    Operand<TFloat32> initialH = leftwards.initialH(context);
    Operand<TFloat32> above = tf.math.add(earlier.state().get(1), initialH);
    Operand<TFloat32> fromAbove =
        RecurrenceWeights.product(tf, above, RecurrenceWeights.tap(tf, taps, 0));
    next.add(
        new NextState.Leftwards(
            tf.math.add(fromInput, fromAbove),
            RecurrenceWeights.tap(tf, taps, 1),
            initialH,
            leftwards.initialC(context)));
  }
}
