package org.pixelrnn.train;

import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.proto.v1.Stage;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * The network of a {@link TrainingGraph} with the moving averages of its weights. It is measured in
 * validations, and it samples.
 *
 * <p>Its operations are added to the graph when they are first needed: they are more than those of
 * a step, and the first step would wait for them. In a run, only the thread of {@link LongCalls}
 * calls this. If the run is stopped meanwhile, the graph is closed after the call.
 */
final class AveragedNetwork {
  private final Ops tf;
  private final Ops scope;
  private final ImageModel model;
  private final Stage stage;
  private final BatchParts parts;
  private final MovingAverages averages;
  private final Placeholder<TUint8> images;
  private final Operand<TUint8> seen;

  /** Null until the first validation. */
  private Operand<TFloat32> logProb;

  /** Null until images are first sampled. */
  private TrainingSamples samples;

  /**
   * Adds nothing to the graph yet.
   *
   * @param images whole images, {@code [n, height, width, channels]}
   * @param seen the images that the stage's network models: {@code images}, or small versions
   */
  AveragedNetwork(
      Ops tf,
      ImageModel model,
      Stage stage,
      BatchParts parts,
      MovingAverages averages,
      Placeholder<TUint8> images,
      Operand<TUint8> seen) {
    this.tf = tf;
    this.scope = tf.withSubScope("averaged_network");
    this.model = model;
    this.stage = stage;
    this.parts = parts;
    this.averages = averages;
    this.images = images;
    this.seen = seen;
  }

  /**
   * The log-likelihood {@code log p(x)} of each image in nats, {@code [n]}.
   *
   * @param batch whole images, {@code [n, height, width, channels]}
   */
  float[] logProb(Session session, Images batch) {
    if (logProb == null) {
      logProb =
          LatinDigits.during(
              () -> parts.logProb(scope, Stages.network(model, stage), averages, seen));
    }
    try (TUint8 x = TrainingGraph.tensor(batch);
        Result result = session.runner().feed(images, x).fetch(logProb).run()) {
      return StdArrays.array1dCopyOf((TFloat32) result.get(0));
    }
  }

  /** Samples images, see {@link TrainingSamples#sample}. */
  Images sample(Session session, Images like, long seed) {
    return samples().sample(session, like, seed);
  }

  /** The operations that sample. */
  TrainingSamples samples() {
    if (samples == null) {
      samples =
          LatinDigits.during(
              () ->
                  TrainingSamples.of(tf, model, stage, new BuildContext(scope, averages), images));
    }
    return samples;
  }
}
