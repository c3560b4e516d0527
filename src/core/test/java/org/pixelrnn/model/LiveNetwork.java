package org.pixelrnn.model;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A model with random weights in a session, for logits and likelihoods. */
public final class LiveNetwork implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TUint8> images;
  private final Operand<TFloat32> logits;
  private final Operand<TFloat32> logProb;

  public LiveNetwork(ModelConfig config, long seed) {
    this(ImageModel.of(config), seed);
  }

  LiveNetwork(ImageModel model, long seed) {
    ImageShape shape = model.shape();
    Ops tf = Ops.create(graph);
    images =
        tf.placeholder(
            TUint8.class,
            Placeholder.shape(Shape.of(-1, shape.height(), shape.width(), shape.channels())));
    BuildContext context = new BuildContext(tf, TinyNetworks.weights(tf, seed));
    ImageModel.Scores scores = model.scores(context, images);
    logits = scores.logits();
    logProb = scores.logProb();
    session = Sessions.unoptimized(graph);
  }

  /** The logits, {@code [n, height, width, channels, levels]}, flat. */
  public float[] logits(Images of) {
    return run(logits, of);
  }

  /** The log-likelihoods in nats, {@code [n]}. */
  public float[] logProb(Images of) {
    return run(logProb, of);
  }

  private float[] run(Operand<TFloat32> wanted, Images of) {
    ImageShape shape = of.shape();
    try (TUint8 x =
            TUint8.tensorOf(
                Shape.of(of.count(), shape.height(), shape.width(), shape.channels()),
                DataBuffers.of(of.levels(), true, false));
        Result result = session.runner().feed(images, x).fetch(wanted).run()) {
      TFloat32 found = (TFloat32) result.get(0);
      float[] values = new float[(int) found.size()];
      found.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
