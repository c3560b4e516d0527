package org.pixelrnn.sampler;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
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
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A SavedModel in memory whose signatures were checked. It is called by the names of signatures and
 * tensors, as TensorFlow Serving and Python call it.
 */
final class LoadedModel implements AutoCloseable {
  /** The signatures that every model has, with their outputs other than {@code state_*}. */
  private static final Map<String, Set<String>> REQUIRED =
      Map.of(
          "log_prob", Set.of("log_prob", "bits_per_dim"),
          "logits", Set.of("logits"),
          "sample", Set.of("images"),
          "complete", Set.of("images"),
          "start", Set.of(),
          "next_row", Set.of("values"));

  /** The signatures that a multi-scale model has besides, with their outputs. */
  private static final Map<String, Set<String>> REQUIRED_OF_MULTI_SCALE =
      Map.of(
          "sample_small", Set.of("images"),
          "reduce", Set.of("small", "known"),
          "complete_small", Set.of("images"),
          "upscale", Set.of("images"));

  /**
   * One round of graph optimization, with inlining and pruning only. The other passes gain nothing,
   * and take as long as sampling a hundred images.
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

  private LoadedModel(SavedModelBundle bundle, Path folder) {
    this.bundle = bundle;
    Map<String, SignatureDef> signatures = bundle.metaGraphDef().getSignatureDefMap();
    require(REQUIRED, signatures, folder);
    List<Long> logits = sizes(signatures.get("logits").getOutputsOrThrow("logits"));
    try {
      shape = shape(logits, logits.get(4));
      if (signatures.containsKey("sample_small")) {
        require(REQUIRED_OF_MULTI_SCALE, signatures, folder);
        smallShape =
            Optional.of(
                shape(
                    sizes(signatures.get("sample_small").getOutputsOrThrow("images")),
                    logits.get(4)));
      } else {
        smallShape = Optional.empty();
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new NotAModelException(
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
            throw new NotAModelException(
                folder
                    + ": no signature `"
                    + name
                    + "` with the outputs "
                    + new TreeSet<>(outputs)
                    + " among "
                    + new TreeSet<>(found.keySet())
                    + "; expected an exported model of this library");
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

  /**
   * Loads a model.
   *
   * @param version the folder of one version
   * @throws NotAModelException if TensorFlow cannot load it, or if a signature is missing
   */
  static LoadedModel load(Path version) {
    SavedModelBundle bundle;
    try {
      bundle =
          SavedModelBundle.loader(version.toString())
              .withTags("serve")
              .withConfigProto(CONFIGURATION)
              .load();
    } catch (TensorFlowException e) {
      throw new NotAModelException(
          version + ": not a SavedModel that can be loaded (" + InputException.reason(e) + ")", e);
    }
    try {
      return new LoadedModel(bundle, version);
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  /** The shape of the images, as the signature {@code logits} says. */
  ImageShape shape() {
    return shape;
  }

  /** The shape of the small images of a multi-scale model; empty for other models. */
  Optional<ImageShape> smallShape() {
    return smallShape;
  }

  /** Lists the signatures, each with the names of its inputs and outputs. */
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

  /** The number of entries of all variables. */
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
   * @param inputs tensors by their names in the signature
   * @return tensors by their names in the signature; the caller closes them
   */
  Result call(String signature, Map<String, Tensor> inputs) {
    return bundle.function(signature).call(inputs);
  }

  /**
   * Calls a signature that samples: it takes a seed and a temperature, and returns {@code images}.
   *
   * @param inputs the other inputs, by their names in the signature
   * @param request the request with the seed and the temperature
   * @param imageShape the shape of the images that the signature returns
   */
  Images sample(
      String signature, Map<String, Tensor> inputs, SampleRequest request, ImageShape imageShape) {
    try (TInt64 seed = TInt64.scalarOf(request.seed());
        TFloat32 temperature = TFloat32.scalarOf(request.temperature())) {
      Map<String, Tensor> all = new HashMap<>(inputs);
      all.put("seed", seed);
      all.put("temperature", temperature);
      try (Result output = call(signature, all)) {
        return Images.of(imageShape, LevelTensors.levels(output, "images"));
      }
    }
  }

  /** Frees the model. It waits for calls that are under way. */
  @Override
  public void close() {
    bundle.close();
  }
}
