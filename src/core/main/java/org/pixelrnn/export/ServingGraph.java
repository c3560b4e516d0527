package org.pixelrnn.export;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.BatchSize;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.model.graph.EmptyBatch;
import org.pixelrnn.model.graph.LatinDigits;
import org.pixelrnn.model.sampling.GraphSampler;
import org.pixelrnn.model.sampling.MultiScaleSampler;
import org.pixelrnn.model.sampling.NetworkSampler;
import org.pixelrnn.model.sampling.SamplingInputs;
import org.pixelrnn.sampler.UniformNoise;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The graph of a model as SavedModels hold it, with one signature for each question.
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
 * next_row_with_noise        state_*, row [n], known_values,
 *                            known, noise [n, W, C, K],
 *                            temperature [n]                   → values, state_*
 * </pre>
 *
 * <p>{@link UniformNoise} gives the noise with which {@code next_row_with_noise} samples what the
 * others sample with a seed. The graph's collection {@value UniformNoise#BLOCK_COLUMNS} holds the
 * number of columns that it needs.
 *
 * <p>{@code log_prob}, {@code logits}, {@code start} and {@code next_row_with_noise} are made of
 * operations that converters to ONNX, TensorFlow Lite and TensorFlow.js know.
 *
 * <p>Images are level indices as uint8, {@code [n, H, W, C]}. Known pixels come back unchanged. The
 * same seed gives the same images through {@code sample}, {@code complete} and {@code next_row}. A
 * multi-scale model has more signatures, see {@link MultiScaleSignatures}.
 */
final class ServingGraph {
  private final ImageModel model;
  private final ImageShape shape;
  private final Ops tf;
  private final BuildContext context;
  private final Signatures signatures;
  private final SamplingPlaceholders placeholders;

  private ServingGraph(ImageModel model, Ops tf, SavedModelVariables variables) {
    this.model = model;
    this.shape = model.shape();
    this.tf = tf;
    this.context = new BuildContext(tf, variables, Computation.PORTABLE);
    this.signatures = new Signatures(tf);
    this.placeholders = SamplingPlaceholders.of(signatures, shape);
  }

  /** Builds the graph of a model. */
  static MetaGraphDef of(ImageModel model) {
    return LatinDigits.during(() -> build(model));
  }

  private static MetaGraphDef build(ImageModel model) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      SavedModelVariables variables = new SavedModelVariables(tf, model.weights());
      ServingGraph serving = new ServingGraph(model, tf, variables);
      serving.addLikelihood();
      try (GraphSampler sampler = GraphSampler.of(model)) {
        serving.addWholeImages(sampler);
        serving.addRowByRow(sampler);
      }
      MetaGraphDef.Builder meta =
          MetaGraphDef.newBuilder()
              .setMetaInfoDef(
                  MetaGraphDef.MetaInfoDef.newBuilder()
                      .addTags("serve")
                      .setTensorflowVersion(TensorFlow.version()))
              .setGraphDef(ShortPreparation.of(graph.toGraphDef()))
              .putAllSignatureDef(serving.signatures.all());
      variables.describeIn(meta);
      meta.putCollectionDef(UniformNoise.BLOCK_COLUMNS, integer(noiseBlockColumns(model)));
      return meta.build();
    }
  }

  /** The number of columns of a block of {@link UniformNoise} for {@code next_row_with_noise}. */
  static int noiseBlockColumns(ImageModel model) {
    return rowNetwork(model).rows().noiseBlockColumns();
  }

  /** The network that {@code next_row} samples from. */
  private static Network rowNetwork(ImageModel model) {
    return model instanceof MultiScaleNetwork scales ? scales.full() : (Network) model;
  }

  private static CollectionDef integer(int value) {
    return CollectionDef.newBuilder()
        .setInt64List(CollectionDef.Int64List.newBuilder().addValue(value))
        .build();
  }

  private void addLikelihood() {
    Operand<TUint8> images = placeholders.given().images();
    Operand<TInt32> n = BatchSize.of(tf, images);
    ImageModel.Scores scores = model.scores(context.scope("logits"), EmptyBatch.padded(tf, images));
    Operand<TFloat32> logProb = EmptyBatch.cut(tf, scores.logProb(), n);
    Operand<TFloat32> bitsPerDim =
        tf.math.mul(logProb, tf.constant((float) -shape.bitsPerDimension(1)));
    signatures.add(
        "logits",
        Map.of("images", images),
        Map.of("logits", EmptyBatch.cut(tf, scores.logits(), n)));
    for (String name : List.of("serving_default", "log_prob")) {
      signatures.add(
          name, Map.of("images", images), Map.of("log_prob", logProb, "bits_per_dim", bitsPerDim));
    }
  }

  private void addWholeImages(GraphSampler sampler) {
    SamplingInputs given = placeholders.given();
    signatures.add(
        "sample",
        placeholders.randomAnd(Map.of("count", placeholders.count())),
        Map.of("images", sampler.sample(context, placeholders.newImages(tf, shape))));
    signatures.add(
        "complete",
        placeholders.randomAnd(Map.of("images", given.images(), "known", given.known())),
        Map.of(
            "images",
            sampler.sample(
                context,
                placeholders.completing(tf, given.images(), given.known(), shape.levels()))));
  }

  private void addRowByRow(GraphSampler sampler) {
    if (sampler instanceof MultiScaleSampler scales) {
      MultiScaleSignatures more =
          new MultiScaleSignatures(
              (MultiScaleNetwork) model, scales, context, signatures, placeholders);
      more.addSmallImages();
      more.addRowByRow();
    } else {
      NetworkSampler rows = (NetworkSampler) sampler;
      RowSignatures byRow = new RowSignatures((Network) model, tf, signatures);
      byRow.addStart(
          Map.of("count", placeholders.count()),
          rows.start(tf, placeholders.count()),
          Optional.empty());
      byRow.addNextRows(
          placeholders, Optional.empty(), (small, inputs) -> rows.nextRow(context, inputs));
    }
  }
}
