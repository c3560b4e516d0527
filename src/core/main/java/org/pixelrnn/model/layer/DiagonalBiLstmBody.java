package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.scan.DiagonalScan;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The body of a Diagonal BiLSTM layer (section 3.2): the sum of a recurrence from the upper left
 * and a recurrence from the upper right, whose map is shifted down by one row. Together they see
 * the features of every earlier pixel.
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
  public LayerRow row(
      BuildContext context,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    return new DiagonalBiLstmRow(
        context,
        rightwards,
        leftwards,
        new DiagonalBiLstmRow.Sizes(width, channels, h),
        state,
        shift,
        condition);
  }
}
