package org.pixelrnn.train;

import java.util.function.Function;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageDrawing;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleDrawing;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Pass;
import org.pixelrnn.proto.v1.Stage;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * What a network draws while it is trained, with its averaged weights: whole images, or if it is
 * conditioned on small ones, those of given images upscaled.
 *
 * @param shape of what is drawn
 * @param seed of all random numbers, {@code []}
 * @param like what says how many are drawn, or from which images
 * @param fed its value for given images
 * @param drawn level indices, {@code [n, height, width, channels]}
 */
record DrawnSamples(
    ImageShape shape,
    Placeholder<TInt64> seed,
    Placeholder<?> like,
    Function<Images, Tensor> fed,
    Operand<TUint8> drawn) {

  /**
   * Adds the operations that draw.
   *
   * @param stage which network of the model is trained
   * @param averaged where its averaged weights are
   * @param images {@code [n, height, width, channels]}
   */
  static DrawnSamples of(
      Ops tf, ImageModel model, Stage stage, Pass averaged, Placeholder<TUint8> images) {
    Placeholder<TInt64> seed =
        tf.withName("sample_seed").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    if (stage == Stage.FULL) {
      MultiScaleNetwork scales = (MultiScaleNetwork) model;
      try (MultiScaleDrawing drawing = new MultiScaleDrawing(scales)) {
        Operand<TUint8> small = scales.reduction().of(tf, images);
        Operand<TUint8> drawn = drawing.upscale(averaged, small, seed, tf.constant(1f));
        return new DrawnSamples(model.shape(), seed, images, TrainingGraph::tensor, drawn);
      }
    }
    Placeholder<TInt32> count =
        tf.withName("sample_count").placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
    Network network = Stages.network(model, stage);
    try (ImageDrawing drawing = new ImageDrawing(network)) {
      Operand<TUint8> drawn = drawing.sample(averaged, count, seed, tf.constant(1f));
      return new DrawnSamples(
          network.shape(), seed, count, given -> TInt32.scalarOf(given.count()), drawn);
    }
  }

  /** As many as are given; of these, if the network is conditioned on their small versions. */
  Images draw(Session session, Images given, long seedValue) {
    try (TInt64 s = TInt64.scalarOf(seedValue);
        Tensor x = fed.apply(given);
        Result result = session.runner().feed(seed, s).feed(like, x).fetch(drawn).run()) {
      byte[] levels = new byte[Math.multiplyExact(given.count(), shape.dimensions())];
      ((TUint8) result.get(0)).asRawTensor().data().read(levels);
      return Images.of(shape, levels);
    }
  }
}
