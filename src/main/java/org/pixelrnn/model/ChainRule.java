package org.pixelrnn.model;

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

/**
 * Back-propagation through a network that alternates ordinary operations, which TensorFlow
 * differentiates, with scans (recurrences in graph functions), which bring their own adjoints.
 *
 * <p>While a network is built it is recorded as segments of ordinary operations, cut at each scan:
 *
 * <pre>
 *   segment 0  →  scan 1  →  segment 1  →  scan 2  →  …  →  ys
 *           └─ carried past ─┘       └─ carried past ─┘
 * </pre>
 *
 * <p>Everything that flows from one segment to the next is an input of the scan between them or is
 * {@link #carry carried} past it. {@link #gradients} then walks back: {@code Graph.addGradients}
 * inside a segment, the adjoint across a scan. TensorFlow's registered gradients cannot do this: it
 * would differentiate the function calls itself, operation by operation.
 */
public final class ChainRule {

  /** The backward function of a scan: a vector-Jacobian product. */
  @FunctionalInterface
  public interface Adjoint {
    /**
     * The gradients of each input.
     *
     * @param gradients of the scan's outputs, in their order and of their shapes; absent ones are
     *     given as zeros
     * @return as many as the scan has inputs, in their order and of their shapes
     */
    List<Operand<TFloat32>> of(Ops tf, List<Operand<TFloat32>> gradients);
  }

  private record Scan(
      List<Operand<TFloat32>> inputs, List<Operand<TFloat32>> outputs, Adjoint adjoint) {}

  /** What a segment takes in from the one before, and which weights it uses. */
  private record Segment(List<Operand<TFloat32>> inputs, Map<Weight, Operand<TFloat32>> weights) {}

  private final List<Segment> segments = new ArrayList<>();
  private final List<List<Operand<TFloat32>>> carriedPast = new ArrayList<>();
  private final List<Scan> scans = new ArrayList<>();
  private final Map<Weight, Operand<TFloat32>> weights = new LinkedHashMap<>();
  private List<Operand<TFloat32>> carried = List.of();

  /** Begins a record with nothing in it. */
  public ChainRule() {
    segments.add(new Segment(List.of(), new LinkedHashMap<>()));
  }

  /** Notes that the present segment uses a weight. */
  void uses(Weight weight, Operand<TFloat32> value) {
    present().weights.put(weight, value);
    weights.put(weight, value);
  }

  /**
   * Marks what flows past all scans before the next call: the residual stream and the skip
   * connections.
   *
   * @return the tensors to use after the scan; before it, the originals are to be used
   */
  List<Operand<TFloat32>> carry(Ops tf, List<Operand<TFloat32>> tensors) {
    // Identities: a segment's inputs must not be upstream of one another, as x is of a scan of x.
    carried = tensors.stream().<Operand<TFloat32>>map(tf::identity).toList();
    return carried;
  }

  /**
   * Records a scan, at which the present segment ends.
   *
   * @param inputs results of the present segment, or weights as {@link Pass#weight} gives them
   * @param outputs what the scan makes of them
   */
  void scan(List<Operand<TFloat32>> inputs, List<Operand<TFloat32>> outputs, Adjoint adjoint) {
    scans.add(new Scan(inputs, outputs, adjoint));
    carriedPast.add(carried);
    List<Operand<TFloat32>> flowing = new ArrayList<>(outputs);
    flowing.addAll(carried);
    segments.add(new Segment(flowing, new LinkedHashMap<>()));
  }

  /**
   * Adds the operations that compute the gradient of every weight.
   *
   * @param ys what the last segment ends in
   * @param dys the gradient of the loss with respect to each, of its shape
   * @param trainable the weights that must have a gradient
   * @return by weight, in their order, each of its weight's shape
   * @throws IllegalStateException naming the weights that no gradient reaches
   */
  public Map<Weight, Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> ys, List<Operand<TFloat32>> dys, List<Weight> trainable) {
    Gradients gradients = new Gradients(tf);
    for (int i = 0; i < ys.size(); i++) {
      gradients.add(ys.get(i), dys.get(i));
    }
    List<Operand<TFloat32>> ends = ys;
    for (int s = segments.size() - 1; s >= 0; s--) {
      throughSegment(tf, segments.get(s), ends, gradients);
      if (s > 0) {
        Scan scan = scans.get(s - 1);
        throughScan(tf, scan, gradients);
        ends = new ArrayList<>(scan.inputs);
        ends.addAll(carriedPast.get(s - 1));
      }
    }
    Map<Weight, Operand<TFloat32>> result = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (Weight weight : trainable) {
      Operand<TFloat32> value = weights.get(weight);
      if (value == null || !gradients.has(value)) {
        missing.add(weight.name());
      } else {
        result.put(weight, gradients.sum(value));
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("no gradient reaches " + String.join(", ", missing));
    }
    return result;
  }

  private Segment present() {
    return segments.get(segments.size() - 1);
  }

  private void throughSegment(
      Ops tf, Segment segment, List<Operand<TFloat32>> ends, Gradients gradients) {
    Set<Output<?>> origins = new LinkedHashSet<>();
    segment.weights.values().forEach(weight -> origins.add(weight.asOutput()));
    segment.inputs.forEach(input -> origins.add(input.asOutput()));
    List<Output<?>> ys = new ArrayList<>();
    List<Output<?>> dys = new ArrayList<>();
    for (Operand<TFloat32> end : ends) {
      // What goes straight from one scan to the next, or from a weight, has its gradient already.
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
        gradients.add(xs.get(i).expect(TFloat32.class), found[i].expect(TFloat32.class));
      }
    }
  }

  /** Those of a segment's origins from which its ends can be reached: TensorFlow refuses others. */
  private static List<Output<?>> upstream(List<Output<?>> ends, Set<Output<?>> origins) {
    Set<Output<?>> seen = new LinkedHashSet<>();
    Deque<Output<?>> ahead = new ArrayDeque<>(ends);
    while (!ahead.isEmpty()) {
      Output<?> output = ahead.pop();
      if (seen.add(output) && !origins.contains(output)) {
        ((GraphOperation) output.op()).inputs().forEach(input -> ahead.push(input.asOutput()));
      }
    }
    return origins.stream().filter(seen::contains).toList();
  }

  private static void throughScan(Ops tf, Scan scan, Gradients gradients) {
    List<Operand<TFloat32>> dys =
        scan.outputs.stream()
            .<Operand<TFloat32>>map(o -> gradients.has(o) ? gradients.sum(o) : tf.zerosLike(o))
            .toList();
    List<Operand<TFloat32>> dxs = scan.adjoint.of(tf, dys);
    for (int i = 0; i < dxs.size(); i++) {
      gradients.add(scan.inputs.get(i), dxs.get(i));
    }
  }

  /** The gradients found so far: a tensor used in several places has the sum of several. */
  private static final class Gradients {
    private final Ops tf;
    private final Map<Output<TFloat32>, List<Operand<TFloat32>>> parts = new LinkedHashMap<>();

    Gradients(Ops tf) {
      this.tf = tf;
    }

    void add(Operand<TFloat32> x, Operand<TFloat32> gradient) {
      parts.computeIfAbsent(x.asOutput(), o -> new ArrayList<>()).add(gradient);
    }

    boolean has(Operand<TFloat32> x) {
      return parts.containsKey(x.asOutput());
    }

    Operand<TFloat32> sum(Operand<TFloat32> x) {
      List<Operand<TFloat32>> found = parts.get(x.asOutput());
      return found.size() == 1 ? found.get(0) : tf.math.addN(found);
    }
  }
}
