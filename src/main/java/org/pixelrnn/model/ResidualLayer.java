package org.pixelrnn.model;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pixelrnn.model.MaskedConvolution.Features;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A layer with its connections (section 3.3, figure 5): {@code y = x + U·body(x)}, U being a 1×1
 * convolution of mask B from h back to 2h; and, if the network has skip connections, {@code
 * S·body(x)} on top of what goes straight to the output. Without the residual connection {@code y =
 * U·body(x)}.
 */
final class ResidualLayer {
  private final String name;
  private final LayerBody body;
  private final MaskedConvolution expansion;
  private final Optional<MaskedConvolution> skip;
  private final boolean residual;

  ResidualLayer(String name, LayerBody body, ModelConfig config) {
    this.name = name;
    this.body = body;
    this.residual = config.getResidual();
    Features features = new Features(config.getH(), 2 * config.getH(), config.getChannels());
    // Layers add up in the residual stream: each begins with its share of the variance.
    double gain = residual ? 1.0 / config.getLayers() : 1;
    this.expansion = MaskedConvolution.pointwise(name + "/expansion", features, gain);
    this.skip =
        config.getSkip()
            ? Optional.of(
                MaskedConvolution.pointwise(name + "/skip", features, 1.0 / config.getLayers()))
            : Optional.empty();
  }

  List<Weight> weights() {
    ImmutableList.Builder<Weight> all = ImmutableList.builder();
    all.addAll(body.weights()).addAll(expansion.weights());
    skip.ifPresent(s -> all.addAll(s.weights()));
    return all.build();
  }

  OptionalInt ahead() {
    return body.ahead();
  }

  Margin margin() {
    return body.margin();
  }

  List<State> state(Lanes lanes) {
    return body.state(lanes);
  }

  MapLayout layout(int pieces) {
    return body.layout(pieces);
  }

  int pieces() {
    return body.pieces();
  }

  /** The whole map: 2h features in and out, in this layer's {@link #layout}, piece by piece. */
  List<Stream> apply(Pass network, List<Stream> x) {
    Pass pass = network.scope(name);
    List<Stream> past = pass.past(x);
    List<Operand<TFloat32>> hidden = body.apply(pass, x);
    List<Stream> joined = new ArrayList<>();
    for (int piece = 0; piece < x.size(); piece++) {
      Operand<TFloat32> ofPiece = hidden.get(piece);
      Operand<TFloat32> expanded = expansion.apply(pass, ofPiece);
      joined.add(
          joined(pass.tf(), past.get(piece), expanded, skip.map(s -> s.apply(pass, ofPiece))));
    }
    return List.copyOf(joined);
  }

  /**
   * The layer along one row: features {@code [n, 2h / C]} in and out, a channel group at a time.
   */
  AlongRow row(
      Pass network,
      List<Operand<TFloat32>> state,
      LaneShift shift,
      Optional<Operand<TFloat32>> condition) {
    return new AlongRow(network.scope(name), state, shift, condition);
  }

  private Stream joined(
      Ops tf, Stream x, Operand<TFloat32> expanded, Optional<Operand<TFloat32>> skipped) {
    Operand<TFloat32> features = residual ? tf.math.add(x.features(), expanded) : expanded;
    Optional<Operand<TFloat32>> skips =
        skipped.map(s -> x.skips().<Operand<TFloat32>>map(sum -> tf.math.add(sum, s)).orElse(s));
    return new Stream(features, skips, x.condition());
  }

  final class AlongRow {
    private final Ops tf;
    private final Row bodyRow;
    private final MaskedConvolutionRow expansionRow;
    private final Optional<MaskedConvolutionRow> skipRow;

    private AlongRow(
        Pass pass,
        List<Operand<TFloat32>> state,
        LaneShift shift,
        Optional<Operand<TFloat32>> condition) {
      this.tf = pass.tf();
      this.bodyRow = body.row(pass, state, shift, condition);
      this.expansionRow = expansion.row(pass, List.of(), shift);
      this.skipRow = skip.map(s -> s.row(pass, List.of(), shift));
    }

    Stream pixel(int column, int group, Stream x) {
      Operand<TFloat32> hidden = bodyRow.pixel(column, group, x.features());
      expansionRow.see(hidden);
      Operand<TFloat32> expanded = expansionRow.output(column, group);
      skipRow.ifPresent(s -> s.see(hidden));
      return joined(tf, x, expanded, skipRow.map(s -> s.output(column, group)));
    }

    List<Operand<TFloat32>> finish() {
      return bodyRow.finish();
    }
  }
}
