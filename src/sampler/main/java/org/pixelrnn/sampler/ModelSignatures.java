package org.pixelrnn.sampler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * The facts about a model that its signatures tell.
 *
 * @param shape the shape of the images
 * @param smallShape the shape of the small images of a multi-scale model; empty for other models
 * @param exact true if {@code log_prob} is the log-likelihood itself, false if it is a lower bound
 * @param noiseBlock the number of columns of a block of {@link UniformNoise}, if the model has
 *     {@code next_row_with_noise}; empty for models that were exported before there was one
 * @param parameters the number of entries of all variables
 * @param descriptions one line for each signature, with the names of its inputs and outputs, sorted
 */
record ModelSignatures(
    ImageShape shape,
    Optional<ImageShape> smallShape,
    boolean exact,
    OptionalInt noiseBlock,
    long parameters,
    List<String> descriptions) {
  /** The state of a multi-scale model whose rows keep the pixels of the small image. */
  private static final String SMALL_STATE = "state_small";

  /** The signatures that every model has, with their outputs other than {@code state_*}. */
  private static final Map<String, Set<String>> REQUIRED =
      Map.of(
          "log_prob", Set.of("log_prob", "bits_per_dim"),
          "logits", Set.of("logits"),
          "sample", Set.of("images"),
          "complete", Set.of("images"),
          "start", Set.of(),
          "next_row", Set.of("values"));

  /** The signatures that only newer exports have, with their outputs other than {@code state_*}. */
  private static final Map<String, Set<String>> OPTIONAL =
      Map.of("next_row_with_noise", Set.of("values"));

  /** The signatures that a multi-scale model has besides, with their outputs. */
  private static final Map<String, Set<String>> REQUIRED_OF_MULTI_SCALE =
      Map.of(
          "sample_small", Set.of("images"),
          "reduce", Set.of("small", "known"),
          "complete_small", Set.of("images"),
          "upscale", Set.of("images"));

  /**
   * Reads and checks the signatures.
   *
   * @param folder the folder of the model's version, for messages
   * @throws NotAModelException if a signature is missing, or the sizes of an output are wrong
   */
  static ModelSignatures of(MetaGraphDef model, Path folder) {
    Map<String, SignatureDef> signatures = model.getSignatureDefMap();
    long parameters = parameters(model.getGraphDef(), folder);
    require(REQUIRED, signatures, folder);
    boolean multiScale = signatures.containsKey("sample_small");
    if (multiScale) {
      require(REQUIRED_OF_MULTI_SCALE, signatures, folder);
    }
    List<Long> logits = sizes(signatures.get("logits").getOutputsOrThrow("logits"));
    try {
      ImageShape shape = shape(logits, logits.get(4));
      Optional<ImageShape> small =
          multiScale
              ? Optional.of(
                  shape(
                      sizes(signatures.get("sample_small").getOutputsOrThrow("images")),
                      logits.get(4)))
              : Optional.empty();
      // A model that samples the pixels of the small image again does not need them in its rows.
      boolean exact =
          !multiScale || signatures.get("start").getOutputsMap().containsKey(SMALL_STATE);
      return new ModelSignatures(
          shape,
          small,
          exact,
          noiseBlock(model, shape, folder),
          parameters,
          descriptions(signatures));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new NotAModelException(
          folder + ": `logits` is " + logits + "; expected [-1, height, width, channels, levels]",
          e);
    }
  }

  private static OptionalInt noiseBlock(MetaGraphDef model, ImageShape shape, Path folder) {
    if (!model.containsSignatureDef("next_row_with_noise")) {
      return OptionalInt.empty();
    }
    require(OPTIONAL, model.getSignatureDefMap(), folder);
    List<Long> columns =
        model
            .getCollectionDefOrDefault(
                UniformNoise.BLOCK_COLUMNS, CollectionDef.getDefaultInstance())
            .getInt64List()
            .getValueList();
    if (columns.size() != 1
        || columns.get(0) < 1
        || columns.get(0) > shape.width()
        || shape.width() % columns.get(0) != 0) {
      throw new NotAModelException(
          folder
              + ": the collection `"
              + UniformNoise.BLOCK_COLUMNS
              + "` is "
              + columns
              + "; expected one divisor of the width "
              + shape.width());
    }
    return OptionalInt.of(Math.toIntExact(columns.get(0)));
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

  private static List<String> descriptions(Map<String, SignatureDef> signatures) {
    return signatures.entrySet().stream()
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

  private static long parameters(GraphDef graph, Path folder) {
    try {
      return graph.getNodeList().stream()
          .filter(node -> node.getOp().equals("VarHandleOp"))
          .mapToLong(
              node ->
                  node.getAttrOrThrow("shape").getShape().getDimList().stream()
                      .mapToLong(dimension -> dimension.getSize())
                      .reduce(1, Math::multiplyExact))
          .reduce(0, Math::addExact);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new NotAModelException(
          folder + ": a variable has no shape, or too large a shape; expected an exported model",
          e);
    }
  }

  private static String names(Map<String, ?> tensors) {
    return String.join(", ", new TreeSet<>(tensors.keySet()));
  }
}
