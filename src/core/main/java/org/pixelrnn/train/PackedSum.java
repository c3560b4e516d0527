package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.pixelrnn.train.workers.WorkerGroup;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Sums of many tensors over all workers. Small tensors are packed into few large ones, because each
 * sum costs a round trip between the workers:
 *
 * <pre>
 *   kernel [3, 3, 8, 8]   bias [8]   kernel [8, 6]
 *   |                     |          |
 *   pack [576 + 8 + 48]  ── sum over all workers ──  pack [632]  ──  kernel, bias, kernel
 * </pre>
 */
final class PackedSum {
  /** The numbers in a pack, unless one tensor alone has more. */
  private static final long MOST = 1 << 22;

  private PackedSum() {}

  /**
   * Adds the sums to a graph.
   *
   * @param values tensors by key, in the same order on every worker
   * @param shapes the shape of each tensor
   */
  static <K> Map<K, Operand<TFloat32>> of(
      Ops tf, WorkerGroup workers, Map<K, Operand<TFloat32>> values, Function<K, Shape> shapes) {
    Map<K, Operand<TFloat32>> sums = new LinkedHashMap<>();
    List<K> pack = new ArrayList<>();
    long size = 0;
    for (K key : values.keySet()) {
      long more = shapes.apply(key).size();
      if (!pack.isEmpty() && size + more > MOST) {
        addTo(sums, tf, workers, values, pack, shapes);
        pack.clear();
        size = 0;
      }
      pack.add(key);
      size += more;
    }
    addTo(sums, tf, workers, values, pack, shapes);
    return sums;
  }

  private static <K> void addTo(
      Map<K, Operand<TFloat32>> sums,
      Ops tf,
      WorkerGroup workers,
      Map<K, Operand<TFloat32>> values,
      List<K> pack,
      Function<K, Shape> shapes) {
    List<Operand<TFloat32>> flat = new ArrayList<>();
    long[] sizes = new long[pack.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shapes.apply(pack.get(i)).size();
      flat.add(tf.reshape(values.get(pack.get(i)), tf.constant(new long[] {sizes[i]})));
    }
    Operand<TFloat32> packed = sizes.length == 1 ? flat.get(0) : tf.concat(flat, tf.constant(0));
    List<Output<TFloat32>> parts =
        tf.splitV(workers.sum(tf, packed), tf.constant(sizes), tf.constant(0), (long) sizes.length)
            .output();
    for (int i = 0; i < sizes.length; i++) {
      Shape shape = shapes.apply(pack.get(i));
      sums.put(pack.get(i), tf.reshape(parts.get(i), tf.constant(shape.asArray())));
    }
  }
}
