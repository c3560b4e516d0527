package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Sets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.BuildContext;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Converters to other runtimes know every operation of the portable signatures. */
class PortableSignaturesTest {
  private static final List<String> PORTABLE =
      List.of("serving_default", "log_prob", "logits", "start", "next_row_with_noise");

  /** The operations that the converters take, in the ways in which they are used here. */
  private static final Set<String> KNOWN =
      Set.of(
          """
          Add AddN ArgMax BatchMatMulV3 BiasAdd BroadcastTo Cast ConcatV2 Const Conv2D
          DepthToSpace Div EnsureShape Equal ExpandDims Fill FloorMod GatherV2 Greater
          Identity Less Log LogSoftmax LogicalAnd LogicalOr MatMul Maximum Minimum Mul
          Neg Pack Pad PartitionedCall Placeholder Range ReadVariableOp Relu Reshape
          SelectV2 Shape Sigmoid Size Slice Split SplitV Squeeze StatelessWhile
          StridedSlice Sub Sum Tanh TensorScatterUpdate Tile Transpose Unpack
          VarHandleOp
          """
              .split("\\s+"));

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void convertersKnowEveryOperation(ModelConfig config) {
    MetaGraphDef graph = ServingGraph.of(ImageModel.of(config));
    for (String signature : PORTABLE) {
      Set<String> operations = SignatureOperations.of(graph, signature);
      assertTrue(operations.contains("Placeholder"), signature + ": " + operations);
      assertEquals(Set.of(), Set.copyOf(Sets.difference(operations, KNOWN)), signature);
    }
  }

  /** A graph in ONNX cannot have an input and an output of one name, as the signature has. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#oneOfEach")
  void theTensorsOfNextRowWithNoiseSayWhatTheyAre(ModelConfig config) {
    SignatureDef signature =
        ServingGraph.of(ImageModel.of(config)).getSignatureDefOrThrow("next_row_with_noise");
    signature
        .getOutputsMap()
        .forEach(
            (key, output) -> {
              String name = key.startsWith("state_") ? "next_" + key : key;
              assertEquals(name + ":0", output.getName());
            });
    Map<String, String> otherNames =
        Map.of("row", "rows", "known", "row_known", "temperature", "temperatures");
    signature
        .getInputsMap()
        .forEach(
            (key, input) ->
                assertEquals(otherNames.getOrDefault(key, key) + ":0", input.getName()));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#oneOfEach")
  void statesHaveTheImagesFirst(ModelConfig config) {
    ServingGraph.of(ImageModel.of(config))
        .getSignatureDefMap()
        .forEach(
            (name, signature) -> {
              signature.getInputsMap().forEach((key, info) -> assertBatchFirst(name, key, info));
              signature.getOutputsMap().forEach((key, info) -> assertBatchFirst(name, key, info));
            });
  }

  private static void assertBatchFirst(String signature, String key, TensorInfo info) {
    if (key.startsWith("state_")) {
      List<Long> sizes =
          info.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
      assertEquals(-1, sizes.get(0), signature + ": " + key);
      assertTrue(sizes.stream().skip(1).allMatch(size -> size > 0), signature + ": " + key);
    }
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.model.TinyNetworks#named")
  void theyGiveWhatTheOperationsOfTrainingGive(ModelConfig config) {
    ImageModel model = ImageModel.of(config);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images = TinyNetworks.images(tf, model.shape(), 3, 5);
      ImageModel.Scores expected = scores(tf, model, images, Computation.DEFAULT);
      ImageModel.Scores found = scores(tf, model, images, Computation.PORTABLE);
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(expected.logits())
                  .fetch(found.logits())
                  .fetch(expected.logProb())
                  .fetch(found.logProb())
                  .run()) {
        assertArrayEquals(numbers(result, 0), numbers(result, 1), 1e-5f);
        assertArrayEquals(numbers(result, 2), numbers(result, 3), 1e-4f);
      }
    }
  }

  private static ImageModel.Scores scores(
      Ops tf, ImageModel model, Operand<TUint8> images, Computation computation) {
    return model.scores(new BuildContext(tf, TinyNetworks.weights(tf, 7), computation), images);
  }

  private static float[] numbers(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] numbers = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }
}
