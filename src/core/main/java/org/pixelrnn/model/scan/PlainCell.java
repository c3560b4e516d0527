package org.pixelrnn.model.scan;

import java.util.List;
import org.pixelrnn.model.graph.Precision;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** A cell of matrix products and plain arithmetic. */
final class PlainCell implements RecurrentCell {
  private final Ops tf;
  private final Operand<TFloating> one;

  PlainCell(Ops tf, Precision precision) {
    this.tf = tf;
    this.one = precision.of(tf, tf.constant(1f));
  }

  @Override
  public LstmStep step(
      Gates gates,
      Operand<TFloating> input,
      Operand<TFloating> hPrevious,
      Operand<TFloating> cPrevious) {
    Operand<TFloating> inputAndH = tf.concat(List.of(input, hPrevious), tf.constant(1));
    Operand<TFloating> sums =
        tf.math.add(tf.linalg.matMul(inputAndH, gates.matrix()), gates.bias());
    List<? extends Operand<TFloating>> parts = tf.split(tf.constant(1), sums, 4L).output();
    Operand<TFloating> i = tf.math.sigmoid(parts.get(0));
    Operand<TFloating> g = tf.math.tanh(parts.get(1));
    Operand<TFloating> f = tf.math.sigmoid(parts.get(2));
    Operand<TFloating> o = tf.math.sigmoid(parts.get(3));
    Operand<TFloating> c = tf.math.add(tf.math.mul(f, cPrevious), tf.math.mul(i, g));
    Operand<TFloating> tanh = tf.math.tanh(c);
    return new LstmStep(new LstmStep.Taped(cPrevious, i, g, f, o, tanh), c, tf.math.mul(o, tanh));
  }

  /**
   * The derivatives of σ and tanh are polynomials of their values:
   *
   * <pre>
   *   σ' = σ(1 - σ),   tanh' = 1 - tanh²
   * </pre>
   */
  @Override
  public LstmStep.Gradient gradient(
      LstmStep.Taped step, Operand<TFloating> dh, Operand<TFloating> dc) {
    Operand<TFloating> dcAll = tf.math.add(dc, throughTanh(tf.math.mul(dh, step.o()), step.tanh()));
    Operand<TFloating> di = throughSigmoid(tf.math.mul(dcAll, step.g()), step.i());
    Operand<TFloating> dg = throughTanh(tf.math.mul(dcAll, step.i()), step.g());
    Operand<TFloating> df = throughSigmoid(tf.math.mul(dcAll, step.cPrevious()), step.f());
    Operand<TFloating> dO = throughSigmoid(tf.math.mul(dh, step.tanh()), step.o());
    return new LstmStep.Gradient(
        tf.concat(List.of(di, dg, df, dO), tf.constant(1)), tf.math.mul(dcAll, step.f()));
  }

  private Operand<TFloating> throughSigmoid(Operand<TFloating> gradient, Operand<TFloating> value) {
    return tf.math.mul(gradient, tf.math.mul(value, tf.math.sub(one, value)));
  }

  private Operand<TFloating> throughTanh(Operand<TFloating> gradient, Operand<TFloating> value) {
    return tf.math.mul(gradient, tf.math.sub(one, tf.math.square(value)));
  }
}
