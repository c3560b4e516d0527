package org.pixelrnn.records;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.pixelrnn.proto.serving.GetModelMetadataResponse;
import org.pixelrnn.proto.serving.GetModelStatusResponse;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.ModelVersionStatus;
import org.pixelrnn.proto.serving.PredictLog;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictResponse;
import org.pixelrnn.proto.serving.PredictionLog;
import org.pixelrnn.proto.serving.SignatureDefMap;
import org.pixelrnn.proto.serving.StatusProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.error.Code;

/**
 * The messages of TensorFlow Serving, as they travel: each test compares with the bytes that
 * TensorFlow Serving's own definitions give, written by hand from their field numbers.
 */
class ServingMessagesTest {
  private static final ModelSpec SPEC =
      ModelSpec.newBuilder()
          .setName("m")
          .setVersion(Int64Value.of(3))
          .setSignatureName("s")
          .build();

  /** Fields 1 (name), 2 (version, a message with field 1) and 3 (signature_name). */
  private static final String SPEC_BYTES = "0a016d" + "12020803" + "1a0173";

  /** A TensorProto: field 1 (dtype) and field 4 (tensor_content). */
  private static final TensorProto TENSOR =
      TensorProto.newBuilder()
          .setDtype(DataType.DT_UINT8)
          .setTensorContent(ByteString.copyFrom(new byte[] {7}))
          .build();

  private static final String TENSOR_BYTES = "0804" + "220107";

  @Test
  void aRequestOfAWarmup() {
    PredictionLog log =
        PredictionLog.newBuilder()
            .setPredictLog(
                PredictLog.newBuilder()
                    .setRequest(
                        PredictRequest.newBuilder()
                            .setModelSpec(SPEC)
                            .putInputs("x", TENSOR)
                            .addOutputFilter("y")))
            .build();
    String input = field(1, text("x")) + field(2, TENSOR_BYTES);
    String request = field(1, SPEC_BYTES) + field(2, input) + field(3, text("y"));
    assertBytes(field(6, field(1, request)), log);
  }

  @Test
  void anAnswer() {
    PredictResponse response =
        PredictResponse.newBuilder().setModelSpec(SPEC).putOutputs("y", TENSOR).build();
    assertBytes(
        field(1, field(1, text("y")) + field(2, TENSOR_BYTES)) + field(2, SPEC_BYTES), response);
  }

  @Test
  void aVersionByItsLabel() {
    assertBytes(field(4, text("stable")), ModelSpec.newBuilder().setVersionLabel("stable").build());
  }

  @Test
  void metadata() {
    SignatureDef signature = SignatureDef.newBuilder().setMethodName("p").build();
    SignatureDefMap map = SignatureDefMap.newBuilder().putSignatureDef("s", signature).build();
    String mapBytes = field(1, field(1, text("s")) + field(2, field(3, text("p"))));
    assertBytes(mapBytes, map);
    Any any = Any.pack(map);
    assertEquals("type.googleapis.com/tensorflow.serving.SignatureDefMap", any.getTypeUrl());
    String anyBytes = field(1, text(any.getTypeUrl())) + field(2, mapBytes);
    assertBytes(
        field(1, SPEC_BYTES) + field(2, field(1, text("signature_def")) + field(2, anyBytes)),
        GetModelMetadataResponse.newBuilder()
            .setModelSpec(SPEC)
            .putMetadata("signature_def", any)
            .build());
  }

  @Test
  void theStateOfAVersion() {
    assertBytes(
        field(1, "0803" + "101e" + field(3, "0802" + field(2, text("e")))),
        GetModelStatusResponse.newBuilder()
            .addModelVersionStatus(
                ModelVersionStatus.newBuilder()
                    .setVersion(3)
                    .setState(ModelVersionStatus.State.AVAILABLE)
                    .setStatus(
                        StatusProto.newBuilder().setErrorCode(Code.UNKNOWN).setErrorMessage("e")))
            .build());
  }

  /** A field whose value is a text or a message of fewer than 128 bytes. */
  private static String field(int number, String value) {
    return HexFormat.of().toHexDigits((byte) (number << 3 | 2))
        + HexFormat.of().toHexDigits((byte) (value.length() / 2))
        + value;
  }

  private static String text(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertBytes(String expected, Message message) {
    assertEquals(expected, HexFormat.of().formatHex(message.toByteArray()));
  }
}
