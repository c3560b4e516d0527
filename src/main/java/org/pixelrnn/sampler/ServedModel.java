package org.pixelrnn.sampler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * A loaded SavedModel whose signatures have been checked: calls by signature and tensor names, as
 * TensorFlow Serving and Python make them.
 */
final class ServedModel implements AutoCloseable {
  /** What a model must answer to, and with which outputs; {@code state_*} beside them. */
  private static final Map<String, Set<String>> REQUIRED =
      Map.of(
          "log_prob", Set.of("log_prob", "bits_per_dim"),
          "logits", Set.of("logits"),
          "sample", Set.of("images"),
          "complete", Set.of("images"),
          "start", Set.of(),
          "next_row", Set.of("values"));

  /** What a multi-scale model must answer to as well. */
  private static final Map<String, Set<String>> REQUIRED_OF_SCALES =
      Map.of(
          "sample_small", Set.of("images"),
          "reduce", Set.of("small", "known"),
          "complete_small", Set.of("images"),
          "upscale", Set.of("images"));

  /**
   * One round of graph optimisation, and only of its parts that pay: inlining functions and leaving
   * out what is not needed. The others take as long as drawing a hundred images and gain nothing.
   */
  private static final ConfigProto CONFIGURATION =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(
                      RewriterConfig.newBuilder()
                          .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
                          .setArithmeticOptimization(RewriterConfig.Toggle.OFF)
                          .setConstantFolding(RewriterConfig.Toggle.OFF)
                          .setRemapping(RewriterConfig.Toggle.OFF)
                          .setLayoutOptimizer(RewriterConfig.Toggle.OFF)
                          .setLoopOptimization(RewriterConfig.Toggle.OFF)
                          .setDependencyOptimization(RewriterConfig.Toggle.OFF)
                          .setDisableTfgOptimizer(true)
                          .setMemoryOptimization(RewriterConfig.MemOptType.NO_MEM_OPT)))
          .build();

  private final SavedModelBundle bundle;
  private final ImageShape shape;
  private final Optional<ImageShape> smallShape;

  private ServedModel(SavedModelBundle bundle, Path folder) {
    this.bundle = bundle;
    Map<String, SignatureDef> signatures = bundle.metaGraphDef().getSignatureDefMap();
    require(REQUIRED, signatures, folder);
    List<Long> logits = sizes(signatures.get("logits").getOutputsOrThrow("logits"));
    try {
      shape = shape(logits, logits.get(4));
      if (signatures.containsKey("sample_small")) {
        require(REQUIRED_OF_SCALES, signatures, folder);
        smallShape =
            Optional.of(
                shape(
                    sizes(signatures.get("sample_small").getOutputsOrThrow("images")),
                    logits.get(4)));
      } else {
        smallShape = Optional.empty();
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new InputException(
          folder + ": `logits` is " + logits + "; expected [-1, height, width, channels, levels]",
          e);
    }
  }

  private static void require(
      Map<String, Set<String>> required, Map<String, SignatureDef> found, Path folder) {
    required.forEach(
        (name, outputs) -> {
          if (!found.containsKey(name)
              || !found.get(name).getOutputsMap().keySet().containsAll(outputs)) {
            throw new InputException(
                folder
                    + ": no signature `"
                    + name
                    + "` with the outputs "
                    + new TreeSet<>(outputs)
                    + " among "
                    + new TreeSet<>(found.keySet())
                    + "; expected a model that was written by `pixelrnn export`");
          }
        });
  }

  private static List<Long> sizes(TensorInfo tensor) {
    return tensor.getTensorShape().getDimList().stream().map(d -> d.getSize()).toList();
  }

  private static ImageShape shape(List<Long> sizes, long levels) {
    return new ImageShape(
        Math.toIntExact(sizes.get(1)),
        Math.toIntExact(sizes.get(2)),
        Math.toIntExact(sizes.get(3)),
        Math.toIntExact(levels));
  }

  /** Loads a version of a model. */
  static ServedModel load(Path version) {
    SavedModelBundle bundle;
    try {
      bundle =
          SavedModelBundle.loader(version.toString())
              .withTags("serve")
              .withConfigProto(CONFIGURATION)
              .load();
    } catch (TensorFlowException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InputException(
          version + ": not a SavedModel that can be loaded (" + reason + "); export it again", e);
    }
    try {
      return new ServedModel(bundle, version);
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  /** Height, width, channels and levels, as the signatures say. */
  ImageShape shape() {
    return shape;
  }

  /** The same of the small images that a multi-scale model draws first. */
  Optional<ImageShape> smallShape() {
    return smallShape;
  }

  /** Each signature with the names of its inputs and outputs. */
  List<String> signatures() {
    return bundle.metaGraphDef().getSignatureDefMap().entrySet().stream()
        .filter(signature -> !signature.getKey().startsWith("__"))
        .map(
            signature ->
                signature.getKey()
                    + "("
                    + names(signature.getValue().getInputsMap())
                    + ") → "
                    + names(signature.getValue().getOutputsMap()))
        .sorted()
        .toList();
  }

  /** Entries of all variables. */
  long parameters() {
    return bundle.metaGraphDef().getGraphDef().getNodeList().stream()
        .filter(node -> node.getOp().equals("VarHandleOp"))
        .mapToLong(
            node ->
                node.getAttrOrThrow("shape").getShape().getDimList().stream()
                    .mapToLong(dimension -> dimension.getSize())
                    .reduce(1, Math::multiplyExact))
        .sum();
  }

  private static String names(Map<String, ?> tensors) {
    return String.join(", ", new TreeSet<>(tensors.keySet()));
  }

  /**
   * Calls a signature.
   *
   * @param inputs by their names in the signature
   * @return by their names in the signature; the caller closes it
   */
  Result call(String signature, Map<String, Tensor> inputs) {
    return bundle.function(signature).call(inputs);
  }

  @Override
  public void close() {
    bundle.close();
  }
}
