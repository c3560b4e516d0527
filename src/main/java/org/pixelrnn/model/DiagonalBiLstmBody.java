package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
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

  private static final int RECURRENCES = 2;

  private final int width;
  private final int h;
  private final int channels;
  private final int height;

  /** Over maps in one piece, and in two. */
  private final List<DiagonalScan> scans;

  private final Recurrence rightwards;
  private final Recurrence leftwards;
  private final State rightwardsAbove;
  private final State leftwardsAbove;

  DiagonalBiLstmBody(String name, ModelConfig config, int conditionFeatures) {
    this.width = config.getWidth() + MARGIN.columns();
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
        new Recurrence(name + "/rightwards", 1, 2, config, learned, conditionFeatures);
    this.leftwards = new Recurrence(name + "/leftwards", 1, 2, config, learned, conditionFeatures);
    this.rightwardsAbove = new State(name + "/rightwards/h_above", width, h);
    this.leftwardsAbove = new State(name + "/leftwards/h_above", width, h);
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
  public List<Operand<TFloat32>> apply(Pass pass, List<Stream> x) {
    return pass.scan(
        scans.get(x.size() - 1),
        rightwards.conditioning().beside(pass, x),
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
