package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** Signatures that sample refuse wrong inputs, whatever calls them. */
class InputAssertionsTest {
  private static final Set<String> UNCHECKED =
      Set.of("serving_default", "log_prob", "logits", "start", "next_row_with_noise", "reduce");
  private static final float[] TEMPERATURES = {
    -1, -1e-6f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };
  private static final String TEMPERATURE = "temperature: expected a finite number of at least 0";

  @TempDir private Path folder;

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#oneOfEach")
  void aWrongInputIsAnErrorThatSaysWhatWasExpected(ModelConfig config) {
    ImageModel network = ImageModel.of(config);
    int levels = network.shape().levels();
    String levelRange = ": expected levels of 0 to " + (levels - 1);
    try (SavedModelBundle model = load(config)) {
      Map<String, SignatureDef> signatures = model.metaGraphDef().getSignatureDefMap();
      int refusals = 0;
      for (String name : signatures.keySet()) {
        if (UNCHECKED.contains(name)) {
          continue;
        }
        SignatureDef signature = signatures.get(name);
        call(model, name, signature, Map.of());
        for (float temperature : TEMPERATURES) {
          refused(model, name, "temperature", TFloat32.scalarOf(temperature), TEMPERATURE);
          refusals++;
        }
        if (signature.containsInputs("count")) {
          refused(model, name, "count", TInt32.scalarOf(-1), "count: expected at least 0");
          refusals++;
        }
        if (signature.containsInputs("row")) {
          String range = "row: expected 0 to " + (network.shape().height() - 1);
          refused(model, name, "row", TInt32.scalarOf(-1), range);
          refused(model, name, "row", TInt32.scalarOf(network.shape().height()), range);
          refusals += 2;
        }
        for (String images : List.of("images", "known_values", "small")) {
          if (signature.containsInputs(images)) {
            TUint8 wrong = levels(shape(signature.getInputsOrThrow(images)), levels);
            refused(model, name, images, wrong, images + levelRange);
            refusals++;
          }
        }
      }
      assertTrue(refusals >= 3 * (TEMPERATURES.length + 1), refusals + " refusals");
    }
  }

  /** Pixels that are not known may have any level. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#oneOfEach")
  void levelsOfUnknownPixelsDoNotMatter(ModelConfig config) {
    try (SavedModelBundle model = load(config)) {
      SignatureDef signature = model.metaGraphDef().getSignatureDefOrThrow("complete");
      TensorInfo images = signature.getInputsOrThrow("images");
      try (TUint8 any = levels(shape(images), 255);
          TBool nothing = known(shape(signature.getInputsOrThrow("known")), false)) {
        call(model, "complete", signature, Map.of("images", any, "known", nothing));
      }
    }
  }

  /** Some runtimes have no operation {@code Assert}. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#oneOfEach")
  void portableSignaturesHaveNoAssertions(ModelConfig config) {
    try (SavedModelBundle model = load(config)) {
      model
          .metaGraphDef()
          .getSignatureDefMap()
          .keySet()
          .forEach(
              name ->
                  assertEquals(
                      !UNCHECKED.contains(name),
                      SignatureOperations.of(model.metaGraphDef(), name).contains("Assert"),
                      name));
    }
  }

  private SavedModelBundle load(ModelConfig config) {
    return SavedModelBundle.loader(TinyExports.write(folder, config, 1).toString())
        .withTags("serve")
        .load();
  }

  private static void refused(
      SavedModelBundle model, String name, String input, Tensor wrong, String expected) {
    try (wrong) {
      SignatureDef signature = model.metaGraphDef().getSignatureDefOrThrow(name);
      String message =
          assertThrows(
                  TFInvalidArgumentException.class,
                  () -> call(model, name, signature, Map.of(input, wrong)),
                  name + ": " + input)
              .getMessage();
      assertTrue(message.contains(expected), name + ": " + message);
    }
  }

  /** Calls a signature with right inputs for two images, of which some are replaced. */
  private static void call(
      SavedModelBundle model, String name, SignatureDef signature, Map<String, Tensor> replaced) {
    Map<String, Tensor> inputs = new HashMap<>();
    signature.getInputsMap().forEach((input, info) -> inputs.put(input, right(input, info)));
    try {
      Map<String, Tensor> all = new HashMap<>(inputs);
      all.putAll(replaced);
      model.function(name).call(all).close();
    } finally {
      inputs.values().forEach(Tensor::close);
    }
  }

  private static Tensor right(String input, TensorInfo info) {
    Shape shape = shape(info);
    return switch (info.getDtype()) {
      case DT_UINT8 -> levels(shape, 0);
      case DT_BOOL -> known(shape, true);
      case DT_INT64 -> TInt64.scalarOf(3);
      case DT_INT32 -> TInt32.scalarOf(input.equals("count") ? 2 : 1);
      case DT_FLOAT ->
          shape.numDimensions() == 0
              ? TFloat32.scalarOf(1)
              : Tensor.of(
                  TFloat32.class, shape, data -> data.scalars().forEach(x -> x.setFloat(0)));
      default -> throw new AssertionError(input + " is " + info.getDtype());
    };
  }

  private static TUint8 levels(Shape shape, int level) {
    return Tensor.of(
        TUint8.class, shape, data -> data.scalars().forEach(x -> x.setByte((byte) level)));
  }

  private static TBool known(Shape shape, boolean all) {
    return Tensor.of(TBool.class, shape, data -> data.scalars().forEach(x -> x.setBoolean(all)));
  }

  private static Shape shape(TensorInfo info) {
    return Shape.of(
        info.getTensorShape().getDimList().stream()
            .mapToLong(TensorShapeProto.Dim::getSize)
            .map(size -> size < 0 ? 2 : size)
            .toArray());
  }
}
