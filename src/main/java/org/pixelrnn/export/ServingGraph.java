package org.pixelrnn.export;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.Drawing;
import org.pixelrnn.model.ImageDrawing;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleDrawing;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Pass;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A model as it is served: its graph with one signature for each thing that can be asked of it.
 *
 * <pre>
 * serving_default, log_prob  images                            → log_prob [n] in nats, bits_per_dim [n]
 * logits                     images                            → logits [n, H, W, C, K]
 * sample                     count, seed, temperature          → images [count, H, W, C]
 * complete                   images, known [n, H, W], seed,
 *                            temperature                       → images
 * start                      count                             → state_*
 * next_row                   state_*, row, known_values
 *                            [n, W, C], known [n, W], seed,
 *                            temperature                       → values [n, W, C], state_*
 * </pre>
 *
 * <p>Images are level indices as uint8, {@code [n, H, W, C]}; known pixels come back unchanged; the
 * same seed gives the same images through {@code sample}, {@code complete} and {@code next_row}. A
 * multi-scale model is also asked for small images, see {@link MultiScaleSignatures}.
 */
final class ServingGraph {
  private final ImageModel model;
  private final ImageShape shape;
  private final Ops tf;
  private final Pass pass;
  private final Signatures signatures;
  private final RandomInputs random;
  private final Operand<TUint8> images;
  private final Operand<TBool> known;

  private ServingGraph(ImageModel model, Ops tf, ServedVariables variables) {
    this.model = model;
    this.shape = model.shape();
    this.tf = tf;
    this.pass = new Pass(tf, variables);
    this.signatures = new Signatures(tf);
    this.random = RandomInputs.of(signatures);
    this.images =
        signatures.input(
            "images", TUint8.class, -1, shape.height(), shape.width(), shape.channels());
    this.known = signatures.input("known", TBool.class, -1, shape.height(), shape.width());
  }

  /** The graph of a model, with its signatures, as SavedModels hold it. */
  static MetaGraphDef of(ImageModel model) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      ServedVariables variables = new ServedVariables(tf, model.weights());
      ServingGraph serving = new ServingGraph(model, tf, variables);
      serving.likelihood();
      try (Drawing drawing = Drawing.of(model)) {
        serving.wholeImages(drawing);
        serving.rowByRow(drawing);
      }
      MetaGraphDef.Builder meta =
          MetaGraphDef.newBuilder()
              .setMetaInfoDef(
                  MetaGraphDef.MetaInfoDef.newBuilder()
                      .addTags("serve")
                      .setTensorflowVersion(TensorFlow.version()))
              .setGraphDef(graph.toGraphDef())
              .putAllSignatureDef(serving.signatures.all());
      variables.describeIn(meta);
      return meta.build();
    }
  }

  private void likelihood() {
    ImageModel.Scores scores = scores();
    Operand<TFloat32> bitsPerDim =
        tf.math.mul(scores.logProb(), tf.constant((float) -shape.bitsPerDimension(1)));
    signatures.add("logits", Map.of("images", images), Map.of("logits", scores.logits()));
    for (String name : List.of("serving_default", "log_prob")) {
      signatures.add(
          name,
          Map.of("images", images),
          Map.of("log_prob", scores.logProb(), "bits_per_dim", bitsPerDim));
    }
  }

  /**
   * The scores of any number of images. Of none, a model is shown one that is black: oneDNN's
   * convolutions and LSTM cells get the shape of an empty batch wrong.
   */
  private ImageModel.Scores scores() {
    Operand<TInt32> n =
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> missing = tf.math.maximum(tf.constant(0), tf.math.sub(tf.constant(1), n));
    Operand<TUint8> black =
        tf.fill(
            sizes(missing, shape.height(), shape.width(), shape.channels()),
            tf.dtypes.cast(tf.constant(0), TUint8.class));
    ImageModel.Scores scores =
        model.scores(pass.scope("logits"), tf.concat(List.of(images, black), tf.constant(0)));
    return new ImageModel.Scores(
        tf.slice(
            scores.logits(),
            tf.constant(new int[5]),
            sizes(n, shape.height(), shape.width(), shape.channels(), shape.levels())),
        tf.slice(scores.logProb(), tf.constant(new int[1]), n));
  }

  private Operand<TInt32> sizes(Operand<TInt32> first, int... others) {
    return tf.concat(List.of(first, tf.constant(others)), tf.constant(0));
  }

  private void wholeImages(Drawing drawing) {
    signatures.add(
        "sample",
        Map.of(
            "count", random.count(),
            "seed", random.seed(),
            "temperature", random.temperature()),
        Map.of(
            "images", drawing.sample(pass, random.count(), random.seed(), random.temperature())));
    signatures.add(
        "complete",
        Map.of(
            "images",
            images,
            "known",
            known,
            "seed",
            random.seed(),
            "temperature",
            random.temperature()),
        Map.of(
            "images", drawing.complete(pass, images, known, random.seed(), random.temperature())));
  }

  private void rowByRow(Drawing drawing) {
    if (drawing instanceof MultiScaleDrawing scales) {
      MultiScaleSignatures more =
          new MultiScaleSignatures((MultiScaleNetwork) model, scales, pass, signatures, random);
      more.smallImages(images, known);
      more.rowByRow();
    } else {
      ImageDrawing rows = (ImageDrawing) drawing;
      RowSignatures byRow = new RowSignatures((Network) model, tf, signatures);
      byRow.start(
          Map.of("count", random.count()), rows.start(tf, random.count()), Optional.empty());
      byRow.nextRow(random, Optional.empty(), (small, inputs) -> rows.nextRow(pass, inputs));
    }
  }
}
