package org.pixelrnn.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictionLog;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.records.TfRecordFraming;
import org.pixelrnn.sampler.ModelFolder;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** The warmup requests of an export: one for each signature, which the model answers. */
class WarmupRequestsTest {

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.model.TinyNetworks#oneOfEach")
  void theModelAnswersTheRequestOfEachSignature(ModelConfig config) throws IOException {
    Path version = TinySamplers.of(config).version();
    try (SavedModelBundle model = SavedModelBundle.load(version.toString(), "serve")) {
      Map<String, SignatureDef> signatures = new HashMap<>();
      model
          .metaGraphDef()
          .getSignatureDefMap()
          .forEach(
              (name, signature) -> {
                if (!name.startsWith("__")) {
                  signatures.put(name, signature);
                }
              });
      Map<String, PredictRequest> requests = read(ModelFolder.warmupFile(version));
      assertEquals(new TreeSet<>(signatures.keySet()), new TreeSet<>(requests.keySet()));
      requests.forEach((name, request) -> answer(model, name, signatures.get(name), request));
    }
  }

  private static Map<String, PredictRequest> read(Path file) throws IOException {
    Map<String, PredictRequest> requests = new HashMap<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (Optional<byte[]> data = TfRecordFraming.read(in);
          data.isPresent();
          data = TfRecordFraming.read(in)) {
        PredictRequest request = PredictionLog.parseFrom(data.get()).getPredictLog().getRequest();
        requests.put(request.getModelSpec().getSignatureName(), request);
      }
    }
    return requests;
  }

  private static void answer(
      SavedModelBundle model, String name, SignatureDef signature, PredictRequest request) {
    Map<String, Tensor> inputs = new HashMap<>();
    request.getInputsMap().forEach((input, tensor) -> inputs.put(input, tensor(tensor)));
    try (Result answer = model.function(name).call(inputs)) {
      assertEquals(signature.getOutputsCount(), answer.size());
      signature
          .getOutputsMap()
          .forEach(
              (output, info) ->
                  assertEquals(
                      ofOneImage(info.getTensorShape()),
                      answer.get(output).orElseThrow().shape(),
                      name + ": " + output));
    } finally {
      inputs.values().forEach(Tensor::close);
    }
    assertTrue(request.getSerializedSize() < 10_000, name + ": " + request.getSerializedSize());
  }

  private static Shape ofOneImage(TensorShapeProto shape) {
    return Shape.of(
        shape.getDimList().stream().mapToLong(dim -> Math.abs(dim.getSize())).toArray());
  }

  /** A tensor of equal values. */
  private static Tensor tensor(TensorProto message) {
    Shape shape = ofOneImage(message.getTensorShape());
    return switch (message.getDtype()) {
      case DT_FLOAT -> filled(shape, message.getFloatVal(0));
      case DT_INT32 ->
          TInt32.tensorOf(shape, t -> t.scalars().forEach(s -> s.setInt(message.getIntVal(0))));
      case DT_UINT8 ->
          TUint8.tensorOf(
              shape, t -> t.scalars().forEach(s -> s.setByte((byte) message.getIntVal(0))));
      case DT_INT64 -> TInt64.tensorOf(NdArrays.scalarOf(message.getInt64Val(0)));
      case DT_BOOL ->
          TBool.tensorOf(shape, t -> t.scalars().forEach(s -> s.setBoolean(message.getBoolVal(0))));
      default -> throw new AssertionError(message.getDtype());
    };
  }

  private static TFloat32 filled(Shape shape, float value) {
    return TFloat32.tensorOf(shape, t -> t.scalars().forEach(s -> s.setFloat(value)));
  }
}
