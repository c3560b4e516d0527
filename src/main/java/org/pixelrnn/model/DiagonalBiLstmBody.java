package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pixelrnn.model.scan.DiagonalScan;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A Diagonal BiLSTM layer (section 3.2): one recurrence from the upper left, one from the upper
 * right, whose map is shifted down by one row. Together they see every earlier pixel's features.
 */
final class DiagonalBiLstmBody implements LayerBody {
  private static final Margin MARGIN = new Margin(1);

  /**
   * Features of a pixel in all images of a part. With more, operations are so large that fewer of
   * them save less than it costs that what follows a layer waits for both parts.
   */
  private static final int MOST_FEATURES_TO_JOIN = 256;

  private final int width;
  private final int h;
  private final int channels;
  private final DiagonalScan scan;
  private final MapLayout layout;
  private final Recurrence rightwards;
  private final Recurrence leftwards;
  private final State rightwardsAbove;
  private final State leftwardsAbove;

  DiagonalBiLstmBody(String name, ModelConfig config, int conditionFeatures) {
    this.width = config.getWidth() + MARGIN.columns();
    this.h = config.getH();
    this.channels = config.getChannels();
    boolean learned = config.getDiagonalBilstm().getLearnedInitialState();
    this.scan = DiagonalScan.of(config.getHeight(), width, 2 * h + conditionFeatures, h, learned);
    this.layout = MapLayout.pixels(config.getHeight(), width, scan.order());
    this.rightwards =
        new Recurrence(name + "/rightwards", 1, 2, config, learned, conditionFeatures);
    this.leftwards = new Recurrence(name + "/leftwards", 1, 2, config, learned, conditionFeatures);
    this.rightwardsAbove = new State(name + "/rightwards/h_above", width, h);
    this.leftwardsAbove = new State(name + "/leftwards/h_above", width, h);
  }

  @Override
  public MapLayout layout() {
    return layout;
  }

  @Override
  public int partsTogether(int images) {
    return images * h <= MOST_FEATURES_TO_JOIN ? 2 : 1;
  }

  @Override
  public List<Weight> weights() {
    return ImmutableList.<Weight>builder()
        .addAll(rightwards.weights())
        .addAll(leftwards.weights())
        .build();
  }

  /** The recurrence from the right needs the whole row above. */
  @Override
  public OptionalInt ahead() {
    return OptionalInt.empty();
  }

  /** A column from which the recurrence from the right begins. */
  @Override
  public Margin margin() {
    return MARGIN;
  }

  /** The h of the row above, less the initial one, so that above the first row it is 0. */
  @Override
  public List<State> state(Lanes lanes) {
    return List.of(rightwardsAbove, leftwardsAbove);
  }

  @Override
  public Operand<TFloat32> apply(
      Pass pass, Operand<TFloat32> x, Optional<Operand<TFloat32>> condition) {
    return pass.scan(
        scan,
        rightwards.conditioning().beside(pass, x, condition),
        ImmutableList.<Operand<TFloat32>>builder()
            .addAll(rightwards.values(pass))
            .addAll(leftwards.values(pass))
            .build());
  }

  @Override
  public Row row(
      Pass pass,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    return new DiagonalBiLstmRow(
        pass,
        rightwards,
        leftwards,
        new DiagonalBiLstmRow.Sizes(width, channels, h),
        state,
        shift,
        condition);
  }
}
