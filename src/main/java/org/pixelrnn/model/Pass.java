package org.pixelrnn.model;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.Iterator;
import java.util.List;
import org.pixelrnn.model.scan.Scan;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One passage through a network: where its operations go, which values its weights have, and the
 * record by which it can be differentiated.
 *
 * @param tf the graph and scope that operations are added to
 * @param weights the weights' values in that graph
 * @param chainRule what is recorded on the way
 */
public record Pass(Ops tf, Weights weights, ChainRule chainRule) {

  /** A passage that begins. */
  public Pass(Ops tf, Weights weights) {
    this(tf, weights, new ChainRule());
  }

  /** The same passage inside a named scope, or several by slashes, {@code full/layer3}. */
  public Pass scope(String name) {
    Ops inside = tf;
    for (String part : Splitter.on('/').split(name)) {
      inside = inside.withSubScope(part);
    }
    return new Pass(inside, weights, chainRule);
  }

  /** The value of a weight. */
  public Operand<TFloat32> weight(Weight weight) {
    Operand<TFloat32> value = weights.of(weight);
    chainRule.uses(weight, value);
    return value;
  }

  /** The value of what is made of weights alone. */
  Operand<TFloat32> prepared(Prepared what) {
    return weights.prepared(what, this);
  }

  /**
   * A scan over a map, recorded.
   *
   * @param x in pieces, {@code [pixels, batch, in]} each
   * @param weights as the scan takes them
   * @return in pieces, {@code [pixels, batch, h]} each
   */
  List<Operand<TFloat32>> scan(
      Scan scan, List<Operand<TFloat32>> x, List<Operand<TFloat32>> weights) {
    List<Operand<TFloat32>> inputs =
        ImmutableList.<Operand<TFloat32>>builder().addAll(x).addAll(weights).build();
    Scan.Result result = scan.apply(tf, inputs);
    chainRule.scan(
        inputs, result.y(), (ops, gradients) -> scan.gradients(ops, inputs, result, gradients));
    return result.y();
  }

  /** What of the stream flows past the scans of a layer, to be used after them. */
  List<Stream> past(List<Stream> pieces) {
    ImmutableList.Builder<Operand<TFloat32>> flowing = ImmutableList.builder();
    for (Stream piece : pieces) {
      flowing.add(piece.features());
      piece.skips().ifPresent(flowing::add);
      piece.condition().ifPresent(flowing::add);
    }
    Iterator<Operand<TFloat32>> past = chainRule.carry(tf, flowing.build()).iterator();
    return pieces.stream()
        .map(
            piece ->
                new Stream(
                    past.next(),
                    piece.skips().map(skips -> past.next()),
                    piece.condition().map(condition -> past.next())))
        .toList();
  }
}
