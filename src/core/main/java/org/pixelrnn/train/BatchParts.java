package org.pixelrnn.train;

import com.google.common.math.IntMath;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.LogLikelihood;
import org.pixelrnn.model.LogitMaps;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.model.graph.Precision;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A batch in parts that are computed at the same time, each operation of a part by few threads.
 *
 * <p>A recurrence is a chain of operations that are too small to be shared out among cores. With a
 * chain for each half of the batch, two cores have work. Some layers are two chains already (the
 * two directions of a Diagonal BiLSTM). There the whole batch goes through the recurrence, in half
 * as many operations, and all other operations work on pieces: shares of the pixels.
 *
 * <p>All parts have one size, the batch divided by their number and rounded up, so that none is
 * empty. A part that would end behind the last image begins earlier instead. Then it overlaps with
 * the part before it, and the images that both have count in the earlier part only. Ten images in
 * four parts, each of which has two pieces:
 *
 * <pre>
 *   image    0  1  2  3  4  5  6  7  8  9
 *   part 0  [0  1  2]                          pieces: pixels of images 0 to 2, in two shares
 *   part 1           [3  4  5]
 *   part 2                    [6  7  8]
 *   part 3                      (7  8) 9]      7 and 8 count in part 2
 * </pre>
 *
 * <p>This type is public for the benchmarks in {@code tools/bench}. Programs use {@link Training}.
 *
 * @param count the number of parts
 * @param pieces the number of pieces in which each part's maps are, at most {@link Network#pieces}
 *     and no more than a part has images
 * @param computation how each part is trained
 */
public record BatchParts(int count, int pieces, Computation computation) {
  /** Each part is one more copy of the network's graph, which TensorFlow optimizes first. */
  private static final int MOST = 4;

  /** With fewer images in a part, the overhead of its operations outweighs the other core. */
  private static final int LEAST_IMAGES = 4;

  /** Parts that are computed in the default way. */
  public BatchParts(int count, int pieces) {
    this(count, pieces, Computation.DEFAULT);
  }

  /**
   * The loss of a batch and its gradients.
   *
   * @param loss the mean of {@code -log p(x)} in nats per image, {@code []}; for a share of a
   *     batch, what the share adds to that mean
   * @param gradients the gradient of the loss with respect to each weight, of the weight's shape
   */
  public record LossAndGradients(
      Operand<TFloat32> loss, Map<Weight, Operand<TFloat32>> gradients) {}

  /**
   * Enough parts and pieces to give every thread work, but no part of fewer than 4 images unless it
   * is the only one.
   *
   * @param batchSize images in a step
   * @param threads the number of threads, at least 1
   * @param network the network that the images go through
   */
  public static BatchParts of(int batchSize, int threads, Network network) {
    int pieces = Math.min(network.pieces(), Math.min(threads, batchSize));
    int most = Math.min(MOST, Math.max(1, batchSize / LEAST_IMAGES));
    return new BatchParts(
        Math.min(most, IntMath.divide(threads, pieces, RoundingMode.CEILING)), pieces);
  }

  /** The same parts, computed in a given way. */
  BatchParts computed(Computation other) {
    return new BatchParts(count, pieces, other);
  }

  /**
   * The number of threads that one operation may use. TensorFlow heeds this number in the first
   * session of a process only, unless {@code TF_OVERRIDE_GLOBAL_THREADPOOL=1} is in the environment
   * before the JVM starts. Without it, the operations of a recurrence are shared out in shares too
   * small to be worth it.
   */
  public int threadsOfOperation(int threads) {
    return Math.max(1, threads / (count * pieces));
  }

  /**
   * The mean of {@code -log p(x)} over a batch, and its gradient with respect to each weight.
   *
   * @param images the images that the network models, {@code [n, height, width, channels]}
   */
  public LossAndGradients lossAndGradients(
      Ops tf, Network network, WeightSource weights, Operand<TUint8> images) {
    return lossAndGradients(
        tf, network, weights, images, tf.dtypes.cast(BatchSize.of(tf, images), TFloat32.class));
  }

  /**
   * The terms of a batch's loss and gradients that belong to a share of its images. The sums over
   * all shares are the loss and the gradients of the batch.
   *
   * @param images the images of the share, {@code [n, height, width, channels]}
   * @param batch the number of images in the batch, {@code []}
   */
  LossAndGradients lossAndGradients(
      Ops tf,
      Network network,
      WeightSource weights,
      Operand<TUint8> images,
      Operand<TFloat32> batch) {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    Map<Weight, List<Operand<TFloat32>>> gradients = new LinkedHashMap<>();
    for (int number = 0; number < count; number++) {
      Part part = part(tf, images, number);
      BuildContext context = new BuildContext(tf.withSubScope("network"), weights, computation);
      LogitMaps maps = network.logitMaps(context, part.images(), pieces);
      LogLikelihood likelihood = maps.likelihood(tf, part.images());
      Operand<TFloat32> counted = counted(tf, part);
      sums.add(tf.reduceSum(tf.math.mul(likelihood.logProb(), counted), tf.constant(0)));
      context
          .chainRule()
          .gradients(
              tf,
              maps.logits(),
              likelihood.logitsGradients(tf, tf.math.div(counted, batch)),
              network.weights())
          .forEach((weight, g) -> gradients.computeIfAbsent(weight, w -> new ArrayList<>()).add(g));
    }
    Map<Weight, Operand<TFloat32>> ofBatch = new LinkedHashMap<>();
    gradients.forEach((weight, ofParts) -> ofBatch.put(weight, sum(tf, ofParts)));
    return new LossAndGradients(tf.math.neg(tf.math.div(sum(tf, sums), batch)), ofBatch);
  }

  /**
   * The log-likelihood {@code log p(x)} of each image in nats, {@code [n]}. It is computed in
   * float32, as an exported model computes it.
   *
   * @param images the images that the network models, {@code [n, height, width, channels]}
   */
  Operand<TFloat32> logProb(Ops tf, Network network, WeightSource weights, Operand<TUint8> images) {
    Computation exact = new Computation(Precision.FLOAT32, computation.execution());
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      Part part = part(tf, images, number);
      BuildContext context = new BuildContext(tf.withSubScope("part" + number), weights, exact);
      Operand<TFloat32> logProb =
          network.logitMaps(context, part.images(), pieces).likelihood(tf, part.images()).logProb();
      Operand<TInt32> first = tf.expandDims(part.overlap(), tf.constant(0));
      parts.add(tf.slice(logProb, first, tf.constant(new int[] {-1})));
    }
    return count == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0));
  }

  /**
   * One part of a batch.
   *
   * @param images {@code [m, height, width, channels]}
   * @param overlap how many of the first images count in an earlier part, {@code []}, 0 to {@code
   *     m}
   */
  private record Part(Operand<TUint8> images, Operand<TInt32> overlap) {}

  private Part part(Ops tf, Operand<TUint8> all, int number) {
    if (count == 1) {
      return new Part(all, tf.constant(0));
    }
    Operand<TInt32> n = BatchSize.of(tf, all);
    Operand<TInt32> size = tf.math.div(tf.math.add(n, tf.constant(count - 1)), tf.constant(count));
    Operand<TInt32> from = tf.math.mul(size, tf.constant(number));
    Operand<TInt32> begin = tf.math.minimum(from, tf.math.sub(n, size));
    return new Part(images(tf, all, begin, size), tf.math.minimum(tf.math.sub(from, begin), size));
  }

  /** 0 for images that count in an earlier part, 1 for the others, {@code [m]}. */
  private static Operand<TFloat32> counted(Ops tf, Part part) {
    Operand<TInt32> numbers =
        tf.range(tf.constant(0), BatchSize.of(tf, part.images()), tf.constant(1));
    return tf.dtypes.cast(tf.math.greaterEqual(numbers, part.overlap()), TFloat32.class);
  }

  private static Operand<TUint8> images(
      Ops tf, Operand<TUint8> batch, Operand<TInt32> from, Operand<TInt32> count) {
    Operand<TInt32> first = tf.constant(0);
    Operand<TInt32> all = tf.constant(-1);
    Operand<TUint8> slice =
        tf.slice(
            batch,
            tf.stack(List.of(from, first, first, first)),
            tf.stack(List.of(count, all, all, all)));
    long[] shape = batch.shape().asArray();
    return tf.ensureShape(slice, Shape.of(-1, shape[1], shape[2], shape[3]));
  }

  private static Operand<TFloat32> sum(Ops tf, List<Operand<TFloat32>> parts) {
    return parts.size() == 1 ? parts.get(0) : tf.math.addN(parts);
  }
}
