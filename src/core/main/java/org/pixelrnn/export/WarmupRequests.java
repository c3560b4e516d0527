package org.pixelrnn.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.PredictLog;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictionLog;
import org.pixelrnn.records.TfRecordFraming;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The requests that warm up an export, one for each signature. TensorFlow Serving sends them to a
 * new version before it says that the version is ready. Each asks for one image. It names no model,
 * because the name is that of the folder, which may change.
 */
final class WarmupRequests {
  /** The value of every number of an input. Inputs that are not listed hold zeros. */
  private static final Map<String, Float> VALUES =
      Map.of("count", 1f, "temperature", 1f, "noise", 0.5f);

  private WarmupRequests() {}

  /**
   * Writes the requests as a TFRecord file.
   *
   * @param signatures the signatures of the export, by name
   */
  static void write(Path file, Map<String, SignatureDef> signatures) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, SignatureDef> signature : new TreeMap<>(signatures).entrySet()) {
        PredictRequest request = request(signature.getKey(), signature.getValue());
        PredictionLog log =
            PredictionLog.newBuilder()
                .setPredictLog(PredictLog.newBuilder().setRequest(request))
                .build();
        TfRecordFraming.write(out, log.toByteArray());
      }
    }
  }

  private static PredictRequest request(String name, SignatureDef signature) {
    PredictRequest.Builder request =
        PredictRequest.newBuilder().setModelSpec(ModelSpec.newBuilder().setSignatureName(name));
    new TreeMap<>(signature.getInputsMap())
        .forEach((input, info) -> request.putInputs(input, tensor(input, info)));
    return request.build();
  }

  /** A tensor of equal numbers. The message holds one number, which stands for all of them. */
  private static TensorProto tensor(String input, TensorInfo info) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (TensorShapeProto.Dim dim : info.getTensorShape().getDimList()) {
      shape.addDim(
          TensorShapeProto.Dim.newBuilder().setSize(dim.getSize() < 0 ? 1 : dim.getSize()));
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDtype(info.getDtype()).setTensorShape(shape);
    float value = VALUES.getOrDefault(input, 0f);
    switch (info.getDtype()) {
      case DT_FLOAT -> tensor.addFloatVal(value);
      case DT_UINT8, DT_INT32 -> tensor.addIntVal((int) value);
      case DT_INT64 -> tensor.addInt64Val((long) value);
      case DT_BOOL -> tensor.addBoolVal(false);
      default -> throw new IllegalArgumentException(input + " is " + info.getDtype());
    }
    return tensor.build();
  }
}
