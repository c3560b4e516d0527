package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.ImageModel;
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
 * each half of the batch is two chains.
 *
 * @param count how many parts
 */
public record BatchParts(int count) {
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
   */
  public static BatchParts of(int batchSize, int threads) {
    int most = Math.min(MOST, batchSize / LEAST_IMAGES);
    return new BatchParts(Math.max(1, Math.min(threads, most)));
  }

  /** The threads that an operation may use. */
  public int threadsOfOperation(int threads) {
    return Math.max(1, threads / count);
  }

  /**
   * The mean of {@code -log p(x)} over a batch of at least as many images as there are parts, and
   * its gradient with respect to each weight.
   *
   * @param images what the network sees of them, {@code [n, height, width, channels]}
   */
  public Descent descent(Ops tf, Network network, Weights weights, Operand<TUint8> images) {
    Operand<TInt32> n = size(tf, images);
    Operand<TFloat32> batch = tf.dtypes.cast(n, TFloat32.class);
    List<Operand<TFloat32>> sums = new ArrayList<>();
    Map<Weight, List<Operand<TFloat32>>> gradients = new LinkedHashMap<>();
    for (int part = 0; part < count; part++) {
      Operand<TInt32> from = tf.math.div(tf.math.mul(n, tf.constant(part)), tf.constant(count));
      Operand<TInt32> to = tf.math.div(tf.math.mul(n, tf.constant(part + 1)), tf.constant(count));
      Operand<TUint8> seen = count == 1 ? images : images(tf, images, from, tf.math.sub(to, from));
      Pass pass = new Pass(tf.withSubScope(count == 1 ? "network" : "part" + part), weights);
      Operand<TFloat32> logits = network.logits(pass, seen);
      Likelihood likelihood = network.likelihood(tf, logits, seen);
      sums.add(tf.reduceSum(likelihood.logProb(), tf.constant(0)));
      pass.chainRule()
          .gradients(tf, logits, tf.math.div(likelihood.logitsGradient(), batch), network.weights())
          .forEach((weight, g) -> gradients.computeIfAbsent(weight, w -> new ArrayList<>()).add(g));
    }
    Map<Weight, Operand<TFloat32>> ofBatch = new LinkedHashMap<>();
    gradients.forEach((weight, parts) -> ofBatch.put(weight, sum(tf, parts)));
    return new Descent(tf.math.neg(tf.math.div(sum(tf, sums), batch)), ofBatch);
  }

  /**
   * {@code log p(x)} in nats of each image, {@code [n]}.
   *
   * @param images {@code [n, height, width, channels]}
   */
  Operand<TFloat32> logProb(Ops tf, ImageModel model, Weights weights, Operand<TUint8> images) {
    Operand<TInt32> n = size(tf, images);
    Operand<TInt32> largest =
        tf.math.div(tf.math.add(n, tf.constant(count - 1)), tf.constant(count));
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      Operand<TInt32> from = tf.math.mul(largest, tf.constant(part));
      // All of one size, so that none is empty; the last ones begin among those before them.
      Operand<TInt32> begin = tf.math.minimum(from, tf.math.sub(n, largest));
      Operand<TInt32> twice = tf.math.minimum(tf.math.sub(from, begin), largest);
      Pass pass = new Pass(tf.withSubScope("part" + part), weights);
      Operand<TFloat32> logProb = model.scores(pass, images(tf, images, begin, largest)).logProb();
      parts.add(
          tf.slice(logProb, tf.expandDims(twice, tf.constant(0)), tf.constant(new int[] {-1})));
    }
    return count == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0));
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
