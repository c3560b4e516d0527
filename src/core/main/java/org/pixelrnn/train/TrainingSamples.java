package org.pixelrnn.train;

import java.util.function.Function;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.sampling.MultiScaleSampler;
import org.pixelrnn.model.sampling.NetworkSampler;
import org.pixelrnn.model.sampling.SamplingInputs;
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
 * The operations that sample images during training, with the moving averages of the weights. A
 * network that is conditioned on small images upscales the small versions of given images.
 *
 * @param shape the sampled images
 * @param seed the seed of all random numbers, {@code []}
 * @param like what the given images are fed to: their number, {@code []}, or the images themselves,
 *     {@code [n, height, width, channels]}
 * @param fed turns given images into the value of {@code like}
 * @param sampled level indices, {@code [n, height, width, channels]}
 */
record TrainingSamples(
    ImageShape shape,
    Placeholder<TInt64> seed,
    Placeholder<?> like,
    Function<Images, Tensor> fed,
    Operand<TUint8> sampled) {

  /**
   * Adds the operations.
   *
   * @param stage the stage that is trained
   * @param averaged the moving averages of its network's weights
   * @param images whole images, {@code [n, height, width, channels]}
   */
  static TrainingSamples of(
      Ops tf, ImageModel model, Stage stage, BuildContext averaged, Placeholder<TUint8> images) {
    Placeholder<TInt64> seed =
        tf.withName("sample_seed").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    if (stage == Stage.FULL) {
      MultiScaleNetwork scales = (MultiScaleNetwork) model;
      try (MultiScaleSampler sampler = new MultiScaleSampler(scales)) {
        Operand<TUint8> small = scales.reduction().of(tf, images);
        SamplingInputs inputs =
            SamplingInputs.nothingKnown(
                tf, model.shape(), BatchSize.of(tf, small), seed, tf.constant(1f));
        Operand<TUint8> sampled = sampler.upscale(averaged, small, inputs);
        return new TrainingSamples(model.shape(), seed, images, TrainingGraph::tensor, sampled);
      }
    }
    Placeholder<TInt32> count =
        tf.withName("sample_count").placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
    Network network = Stages.network(model, stage);
    try (NetworkSampler sampler = new NetworkSampler(network)) {
      SamplingInputs inputs =
          SamplingInputs.nothingKnown(tf, network.shape(), count, seed, tf.constant(1f));
      Operand<TUint8> sampled = sampler.sample(averaged, inputs);
      return new TrainingSamples(
          network.shape(), seed, count, given -> TInt32.scalarOf(given.count()), sampled);
    }
  }

  /**
   * Samples as many images as are given. If the network is conditioned on small images, these are
   * the small versions of the given ones.
   */
  Images sample(Session session, Images given, long seedValue) {
    try (TInt64 s = TInt64.scalarOf(seedValue);
        Tensor x = fed.apply(given);
        Result result = session.runner().feed(seed, s).feed(like, x).fetch(sampled).run()) {
      byte[] levels = new byte[Math.multiplyExact(given.count(), shape.dimensions())];
      ((TUint8) result.get(0)).asRawTensor().data().read(levels);
      return Images.of(shape, levels);
    }
  }
}
