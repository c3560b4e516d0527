package org.pixelrnn.train;

import com.google.common.math.IntMath;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.Conditionals;
import org.pixelrnn.model.Likelihood;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Pass;
import org.pixelrnn.model.Weight;
import org.pixelrnn.model.Weights;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A batch in parts that are computed beside one another, each operation of a part by few threads.
 *
 * <p>A recurrence is a chain of operations too small to be shared out among cores; but a chain for
 * each half of the batch is two chains. Where a layer is two chains already, the whole batch may go
 * through it, in half as many operations, and through all else in pieces of its pixels.
 *
 * @param count how many parts
 * @param pieces in how many pieces the maps of each part are, at most {@link Network#pieces} and
 *     the images of a part
 */
public record BatchParts(int count, int pieces) {
  /** Each is one more copy of the network's graph, to be optimized before the first step. */
  private static final int MOST = 4;

  /** With fewer, an operation's overhead counts for more than another core gives. */
  private static final int LEAST_IMAGES = 4;

  /** A loss, {@code []}, in nats per image, and its gradients. */
  public record Descent(Operand<TFloat32> loss, Map<Weight, Operand<TFloat32>> gradients) {}

  /**
   * As many parts as there is something to do for.
   *
   * @param batchSize images in a step
   * @param threads that there are
   * @param network that they go through
   */
  public static BatchParts of(int batchSize, int threads, Network network) {
    int pieces = Math.min(network.pieces(), Math.min(threads, batchSize));
    int most = Math.min(MOST, Math.max(1, batchSize / LEAST_IMAGES));
    return new BatchParts(
        Math.min(most, IntMath.divide(threads, pieces, RoundingMode.CEILING)), pieces);
  }

  /**
   * The threads that an operation may use. TensorFlow heeds this in a process's first session only,
   * unless {@code TF_OVERRIDE_GLOBAL_THREADPOOL=1} is in its environment, as {@code tools/pixelrnn}
   * sets it: without, the operations of a recurrence are cut into pieces too small to pay.
   */
  public int threadsOfOperation(int threads) {
    return Math.max(1, threads / (count * pieces));
  }

  /**
   * The mean of {@code -log p(x)} over a batch, and its gradient with respect to each weight.
   *
   * @param images what the network sees of them, {@code [n, height, width, channels]}
   */
  public Descent descent(Ops tf, Network network, Weights weights, Operand<TUint8> images) {
    Operand<TFloat32> batch = tf.dtypes.cast(size(tf, images), TFloat32.class);
    List<Operand<TFloat32>> sums = new ArrayList<>();
    Map<Weight, List<Operand<TFloat32>>> gradients = new LinkedHashMap<>();
    for (int number = 0; number < count; number++) {
      Part part = part(tf, images, number);
      Pass pass = new Pass(tf.withSubScope("network"), weights);
      Conditionals conditionals = network.conditionals(pass, part.images(), pieces);
      Likelihood likelihood = conditionals.likelihood(tf, part.images());
      Operand<TFloat32> counted = counted(tf, part);
      sums.add(tf.reduceSum(tf.math.mul(likelihood.logProb(), counted), tf.constant(0)));
      pass.chainRule()
          .gradients(
              tf,
              conditionals.logits(),
              likelihood.logitsGradients(tf, tf.math.div(counted, batch)),
              network.weights())
          .forEach((weight, g) -> gradients.computeIfAbsent(weight, w -> new ArrayList<>()).add(g));
    }
    Map<Weight, Operand<TFloat32>> ofBatch = new LinkedHashMap<>();
    gradients.forEach((weight, ofParts) -> ofBatch.put(weight, sum(tf, ofParts)));
    return new Descent(tf.math.neg(tf.math.div(sum(tf, sums), batch)), ofBatch);
  }

  /**
   * {@code log p(x)} in nats of each image, {@code [n]}.
   *
   * @param images {@code [n, height, width, channels]}
   */
  Operand<TFloat32> logProb(Ops tf, Network network, Weights weights, Operand<TUint8> images) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      Part part = part(tf, images, number);
      Pass pass = new Pass(tf.withSubScope("part" + number), weights);
      Operand<TFloat32> logProb =
          network.conditionals(pass, part.images(), pieces).likelihood(tf, part.images()).logProb();
      Operand<TInt32> first = tf.expandDims(part.before(), tf.constant(0));
      parts.add(tf.slice(logProb, first, tf.constant(new int[] {-1})));
    }
    return count == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0));
  }

  /**
   * Images of a batch, of which the first are also in the part before.
   *
   * @param images {@code [m, height, width, channels]}
   * @param before how many of them another part has, {@code []}, at most {@code m}
   */
  private record Part(Operand<TUint8> images, Operand<TInt32> before) {}

  /** All parts are of one size, so that none is empty; the last ones begin among those before. */
  private Part part(Ops tf, Operand<TUint8> all, int number) {
    if (count == 1) {
      return new Part(all, tf.constant(0));
    }
    Operand<TInt32> n = size(tf, all);
    Operand<TInt32> size = tf.math.div(tf.math.add(n, tf.constant(count - 1)), tf.constant(count));
    Operand<TInt32> from = tf.math.mul(size, tf.constant(number));
    Operand<TInt32> begin = tf.math.minimum(from, tf.math.sub(n, size));
    return new Part(images(tf, all, begin, size), tf.math.minimum(tf.math.sub(from, begin), size));
  }

  /** 0 for images that another part has, 1 for the others, {@code [m]}. */
  private static Operand<TFloat32> counted(Ops tf, Part part) {
    Operand<TInt32> numbers = tf.range(tf.constant(0), size(tf, part.images()), tf.constant(1));
    return tf.dtypes.cast(tf.math.greaterEqual(numbers, part.before()), TFloat32.class);
  }

  private static Operand<TInt32> size(Ops tf, Operand<TUint8> images) {
    return tf.gather(tf.shape(images), tf.constant(0), tf.constant(0));
  }

  private static Operand<TUint8> images(
      Ops tf, Operand<TUint8> all, Operand<TInt32> from, Operand<TInt32> count) {
    Operand<TInt32> nothing = tf.constant(0);
    Operand<TInt32> everything = tf.constant(-1);
    Operand<TUint8> some =
        tf.slice(
            all,
            tf.stack(List.of(from, nothing, nothing, nothing)),
            tf.stack(List.of(count, everything, everything, everything)));
    long[] shape = all.shape().asArray();
    return tf.ensureShape(some, Shape.of(-1, shape[1], shape[2], shape[3]));
  }

  private static Operand<TFloat32> sum(Ops tf, List<Operand<TFloat32>> parts) {
    return parts.size() == 1 ? parts.get(0) : tf.math.addN(parts);
  }
}
