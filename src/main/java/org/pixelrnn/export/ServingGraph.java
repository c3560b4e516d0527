package org.pixelrnn.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.ImageDrawing;
import org.pixelrnn.model.Likelihood;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.Pass;
import org.pixelrnn.model.RowDrawing;
import org.pixelrnn.model.State;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * A network as it is served: its graph with one signature for each thing that can be asked of it.
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
 * same seed gives the same images through {@code sample}, {@code complete} and {@code next_row}.
 */
final class ServingGraph {
  private static final String METHOD = "tensorflow/serving/predict";

  private final Network network;
  private final ImageShape shape;
  private final Ops tf;
  private final Pass pass;
  private final Operand<TUint8> images;
  private final Operand<TInt32> count;
  private final Operand<TInt64> seed;
  private final Operand<TFloat32> temperature;
  private final Map<String, SignatureDef> signatures = new LinkedHashMap<>();

  private ServingGraph(Network network, Ops tf, ServedVariables variables) {
    this.network = network;
    this.shape = network.shape();
    this.tf = tf;
    this.pass = new Pass(tf, variables);
    this.images =
        input("images", TUint8.class, -1, shape.height(), shape.width(), shape.channels());
    this.count = input("count", TInt32.class);
    this.seed = input("seed", TInt64.class);
    this.temperature = input("temperature", TFloat32.class);
  }

  /** The graph of a network, with its signatures, as SavedModels hold it. */
  static MetaGraphDef of(Network network) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      ServedVariables variables = new ServedVariables(tf, network.weights());
      ServingGraph serving = new ServingGraph(network, tf, variables);
      serving.likelihood();
      try (ImageDrawing drawing = new ImageDrawing(network)) {
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
              .putAllSignatureDef(serving.signatures);
      variables.describeIn(meta);
      return meta.build();
    }
  }

  private void likelihood() {
    Operand<TFloat32> logits = logits();
    Operand<TFloat32> logProb = Likelihood.of(tf, logits, images).logProb();
    Operand<TFloat32> bitsPerDim =
        tf.math.mul(logProb, tf.constant((float) -shape.bitsPerDimension(1)));
    signature("logits", Map.of("images", images), Map.of("logits", logits));
    for (String name : List.of("serving_default", "log_prob")) {
      signature(
          name, Map.of("images", images), Map.of("log_prob", logProb, "bits_per_dim", bitsPerDim));
    }
  }

  /**
   * The logits of any number of images. Of none, a network is shown one that is black: oneDNN's
   * convolutions and LSTM cells get the shape of an empty batch wrong.
   */
  private Operand<TFloat32> logits() {
    Operand<TInt32> n =
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> missing = tf.math.maximum(tf.constant(0), tf.math.sub(tf.constant(1), n));
    Operand<TUint8> black =
        tf.fill(
            sizes(missing, shape.height(), shape.width(), shape.channels()),
            tf.dtypes.cast(tf.constant(0), TUint8.class));
    Operand<TFloat32> logits =
        network.logits(pass.scope("logits"), tf.concat(List.of(images, black), tf.constant(0)));
    return tf.slice(
        logits,
        tf.constant(new int[5]),
        sizes(n, shape.height(), shape.width(), shape.channels(), shape.levels()));
  }

  private Operand<TInt32> sizes(Operand<TInt32> first, int... others) {
    return tf.concat(List.of(first, tf.constant(others)), tf.constant(0));
  }

  private void wholeImages(ImageDrawing drawing) {
    Operand<TBool> known = input("known", TBool.class, -1, shape.height(), shape.width());
    signature(
        "sample",
        Map.of("count", count, "seed", seed, "temperature", temperature),
        Map.of("images", drawing.sample(pass, count, seed, temperature)));
    signature(
        "complete",
        Map.of("images", images, "known", known, "seed", seed, "temperature", temperature),
        Map.of("images", drawing.complete(pass, images, known, seed, temperature)));
  }

  private void rowByRow(ImageDrawing drawing) {
    signature("start", Map.of("count", count), states(drawing.start(tf, count)));

    Operand<TInt32> row = input("row", TInt32.class);
    Operand<TUint8> knownValues =
        input("known_values", TUint8.class, -1, shape.width(), shape.channels());
    Operand<TBool> known = input("row_known", TBool.class, -1, shape.width());
    List<Operand<TFloat32>> state =
        network.state().stream()
            .map(s -> input(key(s), TFloat32.class, s.shape().asArray()))
            .toList();
    ImageDrawing.DrawnRow drawn =
        drawing.nextRow(
            pass,
            new RowDrawing.Inputs(
                state, row, tf.constant(0), knownValues, known, seed, temperature));
    Map<String, Operand<?>> inputs = states(state);
    inputs.put("row", row);
    inputs.put("known_values", knownValues);
    inputs.put("known", known);
    inputs.put("seed", seed);
    inputs.put("temperature", temperature);
    Map<String, Operand<?>> outputs = states(drawn.state());
    outputs.put("values", drawn.levels());
    signature("next_row", inputs, outputs);
  }

  private Map<String, Operand<?>> states(List<Operand<TFloat32>> state) {
    Map<String, Operand<?>> named = new LinkedHashMap<>();
    for (int i = 0; i < state.size(); i++) {
      named.put(key(network.state().get(i)), state.get(i));
    }
    return named;
  }

  private static String key(State state) {
    return "state_" + state.name().replace('/', '_');
  }

  private <T extends TType> Operand<T> input(String name, Class<T> type, long... shape) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(shape)));
  }

  private void signature(
      String name, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    SignatureDef.Builder signature = SignatureDef.newBuilder().setMethodName(METHOD);
    inputs.forEach((key, input) -> signature.putInputs(key, info(input.asOutput())));
    outputs.forEach((key, output) -> signature.putOutputs(key, info(output.asOutput())));
    signatures.put(name, signature.build());
  }

  private static TensorInfo info(Output<?> tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : tensor.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(tensor.name())
        .setDtype(tensor.dataType())
        .setTensorShape(shape)
        .build();
  }
}
