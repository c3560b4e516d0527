package org.pixelrnn.model.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * Back-propagation through a network that mixes ordinary operations with calls of {@link
 * DifferentiableFunction differentiable functions}. TensorFlow computes the gradients of ordinary
 * operations; each call has an adjoint of its own.
 *
 * <p>While a network is being built, it is recorded as segments of ordinary operations. Each call
 * ends a segment:
 *
 * <pre>
 *   segment 0  →  call 1  →  segment 1  →  call 2  →  …  →  ys
 *           └─ carried past ─┘       └─ carried past ─┘
 * </pre>
 *
 * <p>A tensor that flows from one segment to the next is either an input of the call between them,
 * or is {@link #carry carried} past it. {@link #gradients} walks back from the end: it uses {@code
 * Graph.addGradients} inside a segment, and the adjoint across a call. TensorFlow's registered
 * gradients cannot do this: TensorFlow would differentiate the function calls itself, operation by
 * operation.
 */
public final class ChainRule {

  /** The adjoint of a call: a vector-Jacobian product. */
  @FunctionalInterface
  public interface Adjoint {
    /**
     * Adds the operations that compute the gradients of the inputs.
     *
     * @param gradients the gradient of each output of the call, of the output's shape; zeros for an
     *     output that the loss does not depend on
     * @return the gradient of each input of the call, of the input's shape
     */
    List<Operand<TFloating>> of(Ops tf, List<Operand<TFloating>> gradients);
  }

  private record Call(
      List<Operand<TFloating>> inputs, List<Operand<TFloating>> outputs, Adjoint adjoint) {}

  /** The tensors that flow into a segment, and the weights that the segment uses. */
  private record Segment(
      List<Operand<TFloating>> inputs, Map<Weight, Operand<TFloating>> weights) {}

  private final List<Segment> segments = new ArrayList<>();
  private final List<List<Operand<TFloating>>> carriedPast = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final Map<Weight, Operand<TFloating>> weights = new LinkedHashMap<>();
  private List<Operand<TFloating>> carried = List.of();

  /** An empty record. */
  ChainRule() {
    segments.add(new Segment(List.of(), new LinkedHashMap<>()));
  }

  /** Records that the current segment uses a weight. */
  public void uses(Weight weight, Operand<TFloat32> value) {
    currentSegment().weights.put(weight, Precision.floating(value));
    weights.put(weight, Precision.floating(value));
  }

  /**
   * Carries tensors past the next call. The residual stream and the skip connections flow past a
   * layer's call in this way.
   *
   * @return the tensors to use after the call; operations before it use the originals
   */
  public List<Operand<TFloating>> carry(Ops tf, List<Operand<TFloating>> tensors) {
    // Identities, because no input of a segment may depend on another one. The output of a call on
    // x depends on x, so x itself could not be an input beside it.
    carried = tensors.stream().<Operand<TFloating>>map(tf::identity).toList();
    return carried;
  }

  /**
   * Records a call, which ends the current segment.
   *
   * @param inputs results of the current segment, or values of weights from {@link
   *     BuildContext#weight}
   * @param outputs the outputs of the call
   */
  public void call(
      List<Operand<TFloating>> inputs, List<Operand<TFloating>> outputs, Adjoint adjoint) {
    calls.add(new Call(inputs, outputs, adjoint));
    carriedPast.add(carried);
    List<Operand<TFloating>> flowing = new ArrayList<>(outputs);
    flowing.addAll(carried);
    segments.add(new Segment(flowing, new LinkedHashMap<>()));
  }

  /**
   * Adds the operations that compute the gradient of every weight.
   *
   * @param ys the outputs of the last segment
   * @param dys the gradient of the loss with respect to each of {@code ys}, of its shape
   * @param trainable the weights whose gradients are wanted
   * @return the gradient of each weight, of its shape; in the order of {@code trainable}
   * @throws IllegalStateException if the loss does not depend on some of the weights; the message
   *     names them
   */
  public Map<Weight, Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> ys, List<Operand<TFloat32>> dys, List<Weight> trainable) {
    Gradients gradients = new Gradients(tf);
    List<Operand<TFloating>> ends = new ArrayList<>();
    for (int i = 0; i < ys.size(); i++) {
      ends.add(Precision.floating(ys.get(i)));
      gradients.add(ends.get(i), Precision.floating(dys.get(i)));
    }
    for (int s = segments.size() - 1; s >= 0; s--) {
      backThroughSegment(tf, segments.get(s), ends, gradients);
      if (s > 0) {
        Call call = calls.get(s - 1);
        backThroughCall(tf, call, gradients);
        ends = new ArrayList<>(call.inputs);
        ends.addAll(carriedPast.get(s - 1));
      }
    }
    Map<Weight, Operand<TFloat32>> result = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (Weight weight : trainable) {
      Operand<TFloating> value = weights.get(weight);
      if (value == null || !gradients.has(value)) {
        missing.add(weight.name());
      } else {
        result.put(weight, gradients.sum(value).asOutput().expect(TFloat32.class));
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("no gradient reaches " + String.join(", ", missing));
    }
    return result;
  }

  private Segment currentSegment() {
    return segments.get(segments.size() - 1);
  }

  private void backThroughSegment(
      Ops tf, Segment segment, List<Operand<TFloating>> ends, Gradients gradients) {
    Set<Output<?>> origins = new LinkedHashSet<>();
    segment.weights.values().forEach(weight -> origins.add(weight.asOutput()));
    segment.inputs.forEach(input -> origins.add(input.asOutput()));
    List<Output<?>> ys = new ArrayList<>();
    List<Output<?>> dys = new ArrayList<>();
    for (Operand<TFloating> end : ends) {
      // An end that is also an origin, such as an output of one call that is an input of the next,
      // has its gradient already.
      if (gradients.has(end) && !origins.contains(end.asOutput())) {
        ys.add(end.asOutput());
        dys.add(gradients.sum(end).asOutput());
      }
    }
    List<Output<?>> xs = upstream(ys, origins);
    if (ys.isEmpty() || xs.isEmpty()) {
      return;
    }
    Output<?>[] found =
        ((Graph) tf.scope().env())
            .addGradients(
                tf.scope().makeOpName("gradients"),
                ys.toArray(Output<?>[]::new),
                xs.toArray(Output<?>[]::new),
                dys.toArray(Output<?>[]::new));
    for (int i = 0; i < found.length; i++) {
      if (found[i] != null) {
        gradients.add(Precision.floating(xs.get(i)), Precision.floating(found[i]));
      }
    }
  }

  /** The origins that the ends depend on. TensorFlow refuses to compute gradients of the others. */
  private static List<Output<?>> upstream(List<Output<?>> ends, Set<Output<?>> origins) {
    Set<Output<?>> visited = new LinkedHashSet<>();
    Deque<Output<?>> toVisit = new ArrayDeque<>(ends);
    while (!toVisit.isEmpty()) {
      Output<?> output = toVisit.pop();
      if (visited.add(output) && !origins.contains(output)) {
        ((GraphOperation) output.op()).inputs().forEach(input -> toVisit.push(input.asOutput()));
      }
    }
    return origins.stream().filter(visited::contains).toList();
  }

  private static void backThroughCall(Ops tf, Call call, Gradients gradients) {
    List<Operand<TFloating>> dys =
        call.outputs.stream()
            .<Operand<TFloating>>map(o -> gradients.has(o) ? gradients.sum(o) : tf.zerosLike(o))
            .toList();
    List<Operand<TFloating>> dxs = call.adjoint.of(tf, dys);
    for (int i = 0; i < dxs.size(); i++) {
      gradients.add(call.inputs.get(i), dxs.get(i));
    }
  }

  /**
   * The gradients found so far. A tensor that is used in several places has several gradients,
   * which are added.
   */
  private static final class Gradients {
    private final Ops tf;
    private final Map<Output<TFloating>, List<Operand<TFloating>>> parts = new LinkedHashMap<>();

    Gradients(Ops tf) {
      this.tf = tf;
    }

    void add(Operand<TFloating> x, Operand<TFloating> gradient) {
      parts.computeIfAbsent(x.asOutput(), o -> new ArrayList<>()).add(gradient);
    }

    boolean has(Operand<TFloating> x) {
      return parts.containsKey(x.asOutput());
    }

    Operand<TFloating> sum(Operand<TFloating> x) {
      List<Operand<TFloating>> found = parts.get(x.asOutput());
      return found.size() == 1 ? found.get(0) : tf.math.addN(found);
    }
  }
}
