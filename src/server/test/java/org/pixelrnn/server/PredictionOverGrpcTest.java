package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.service.serving.ModelServiceGrpc.ModelServiceBlockingStub;
import org.pixelrnn.proto.service.serving.PredictionServiceGrpc.PredictionServiceBlockingStub;
import org.pixelrnn.proto.serving.GetModelMetadataRequest;
import org.pixelrnn.proto.serving.GetModelMetadataResponse;
import org.pixelrnn.proto.serving.GetModelStatusRequest;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.ModelVersionStatus;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictResponse;
import org.pixelrnn.proto.serving.SignatureDefMap;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** TensorFlow Serving's interface over gRPC, with right and wrong input, over a real socket. */
class PredictionOverGrpcTest {
  private static ServerCalls server;
  private static Sampler sampler;
  private static ImageShape shape;

  @BeforeAll
  static void start() {
    server =
        ServerCalls.startReady(
            ModelServer.builder()
                .model("m", ServerCalls.folder("pixelcnn-colour"))
                .limits(new RequestLimits(64, 20_000, 8, 8, Duration.ofSeconds(30))));
    sampler = Sampler.open(ServerCalls.folder("pixelcnn-colour"));
    shape = sampler.shape();
  }

  @AfterAll
  static void stop() {
    server.close();
    sampler.close();
  }

  private static PredictionServiceBlockingStub predictions() {
    return GrpcClients.newClient(
        "gproto+h2c://127.0.0.1:" + server.port(), PredictionServiceBlockingStub.class);
  }

  private static ModelServiceBlockingStub versions(ServerCalls of) {
    return GrpcClients.newClient(
        "gproto+h2c://127.0.0.1:" + of.port(), ModelServiceBlockingStub.class);
  }

  private static TensorProto.Builder tensor(DataType type, long... sizes) {
    TensorShapeProto.Builder sized = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      sized.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorProto.newBuilder().setDtype(type).setTensorShape(sized);
  }

  private static TensorProto images(Images images) {
    return tensor(
            DataType.DT_UINT8, images.count(), shape.height(), shape.width(), shape.channels())
        .setTensorContent(ByteString.copyFrom(images.levels()))
        .build();
  }

  private static ModelSpec model(String signature) {
    return ModelSpec.newBuilder().setName("m").setSignatureName(signature).build();
  }

  private static PredictRequest.Builder sample(int count) {
    return PredictRequest.newBuilder()
        .setModelSpec(model("sample"))
        .putInputs("count", tensor(DataType.DT_INT32).addIntVal(count).build())
        .putInputs("seed", tensor(DataType.DT_INT64).addInt64Val(7).build())
        .putInputs("temperature", tensor(DataType.DT_FLOAT).addFloatVal(1).build());
  }

  private static PredictRequest.Builder logProb(Images of) {
    return PredictRequest.newBuilder().setModelSpec(model("")).putInputs("images", images(of));
  }

  @Test
  void callsSignatures() {
    Images expected = sampler.sample(3, 7, 1);
    PredictResponse sampled = predictions().predict(sample(3).build());
    TensorProto levels = sampled.getOutputsOrThrow("images");
    assertEquals(expected.levels().length, levels.getIntValCount());
    for (int i = 0; i < levels.getIntValCount(); i++) {
      assertEquals(Byte.toUnsignedInt(expected.levels()[i]), levels.getIntVal(i));
    }
    PredictResponse scored = predictions().predict(logProb(expected).build());
    assertEquals(2, scored.getOutputsCount());
    assertEquals(sampler.logProb(expected)[2], scored.getOutputsOrThrow("log_prob").getFloatVal(2));
    ModelSpec spec = scored.getModelSpec();
    assertEquals(model("serving_default").toBuilder().setVersion(Int64Value.of(1)).build(), spec);
  }

  @Test
  void returnsTheOutputsOfTheFilter() {
    PredictRequest request =
        logProb(sampler.sample(1, 1, 1)).addOutputFilter("bits_per_dim").build();
    assertEquals(
        List.of("bits_per_dim"),
        List.copyOf(predictions().predict(request).getOutputsMap().keySet()));
  }

  @Test
  void describesTheSignatures() throws InvalidProtocolBufferException {
    GetModelMetadataResponse answer =
        predictions()
            .getModelMetadata(
                GetModelMetadataRequest.newBuilder()
                    .setModelSpec(model(""))
                    .addMetadataField("signature_def")
                    .build());
    assertEquals(1, answer.getModelSpec().getVersion().getValue());
    SignatureDefMap map = answer.getMetadataOrThrow("signature_def").unpack(SignatureDefMap.class);
    assertEquals(sampler.functions().keySet(), map.getSignatureDefMap().keySet());
    assertEquals(
        DataType.DT_INT32,
        map.getSignatureDefOrThrow("sample").getInputsOrThrow("count").getDtype());
  }

  @Test
  void saysWhichVersionsThereAre(@TempDir Path folder) throws Exception {
    ServerCalls.copy("row-lstm", folder.resolve("3"));
    GetModelStatusRequest all = GetModelStatusRequest.newBuilder().setModelSpec(model("")).build();
    try (ServerCalls own = ServerCalls.startReady(ModelServer.builder().model("m", folder))) {
      ModelVersionStatus status = versions(own).getModelStatus(all).getModelVersionStatus(0);
      assertEquals(3, status.getVersion());
      assertEquals(ModelVersionStatus.State.AVAILABLE, status.getState());
      Files.writeString(
          Files.createDirectories(folder.resolve("4")).resolve("saved_model.pb"), "no model");
      ServerCalls.await(
          () ->
              versions(own).getModelStatus(all).getModelVersionStatus(0).getState()
                  == ModelVersionStatus.State.END);
      assertEquals(2, versions(own).getModelStatus(all).getModelVersionStatusCount());
      GetModelStatusRequest five = all.toBuilder().setModelSpec(version(5)).build();
      assertRefused(
          Status.Code.NOT_FOUND, "no version 5", () -> versions(own).getModelStatus(five));
      GetModelStatusRequest three = all.toBuilder().setModelSpec(version(3)).build();
      assertEquals(1, versions(own).getModelStatus(three).getModelVersionStatusCount());
    }
  }

  private static ModelSpec version(long number) {
    return model("").toBuilder().setVersion(Int64Value.of(number)).build();
  }

  private static void assertRefused(Status.Code code, String why, Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, refused.getStatus().getCode(), refused.toString());
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  private static void assertRefused(Status.Code code, String why, PredictRequest.Builder call) {
    assertRefused(code, why, () -> predictions().predict(call.build()));
  }

  @Test
  void refusesUnknownModelsAndVersions() {
    ModelSpec nobody = ModelSpec.newBuilder().setName("nobody").build();
    assertRefused(Status.Code.NOT_FOUND, "no model `nobody`", sample(1).setModelSpec(nobody));
    assertRefused(Status.Code.NOT_FOUND, "no version 9", sample(1).setModelSpec(version(9)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "version label `stable`",
        sample(1).setModelSpec(model("sample").toBuilder().setVersionLabel("stable")));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "no signature `paint`",
        sample(1).setModelSpec(model("paint")));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "metadata_field = []",
        () ->
            predictions()
                .getModelMetadata(
                    GetModelMetadataRequest.newBuilder().setModelSpec(model("")).build()));
    assertRefused(
        Status.Code.NOT_FOUND,
        "no model `nobody`",
        () ->
            versions(server)
                .getModelStatus(GetModelStatusRequest.newBuilder().setModelSpec(nobody).build()));
  }

  @Test
  void refusesWrongInput() {
    Status.Code wrong = Status.Code.INVALID_ARGUMENT;
    assertRefused(wrong, "count = -1", sample(-1));
    assertRefused(wrong, "65 images; expected at most 64", sample(65));
    assertRefused(wrong, "`seed` is missing", sample(1).removeInputs("seed"));
    TensorProto nan = tensor(DataType.DT_FLOAT).addFloatVal(Float.NaN).build();
    assertRefused(wrong, "temperature = NaN", sample(1).putInputs("temperature", nan));
    assertRefused(wrong, "DT_FLOAT; expected DT_INT64", sample(1).putInputs("seed", nan));
    assertRefused(wrong, "unknown output `x`", sample(1).addOutputFilter("x"));
    TensorProto flat = tensor(DataType.DT_UINT8, 4).build();
    assertRefused(
        wrong, "has shape [4]", logProb(sampler.sample(1, 1, 1)).putInputs("images", flat));
    TensorProto bright =
        tensor(DataType.DT_UINT8, 1, shape.height(), shape.width(), shape.channels())
            .addIntVal(shape.levels())
            .build();
    assertRefused(wrong, "has level", logProb(sampler.sample(1, 1, 1)).putInputs("images", bright));
  }

  /** A message may name a shape that is far larger than itself. */
  @Test
  void refusesAnswersThatAreTooLarge() {
    TensorProto huge =
        tensor(DataType.DT_UINT8, 1_000_000_000, shape.height(), shape.width(), shape.channels())
            .build();
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "1000000000 images; expected at most 64",
        logProb(sampler.sample(1, 1, 1)).putInputs("images", huge));
    Images many = sampler.sample(64, 1, 1);
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "bytes; expected at most 20000",
        logProb(many).setModelSpec(model("logits")));
    byte[] long30000 = new byte[30_000];
    assertRefused(
        Status.Code.RESOURCE_EXHAUSTED,
        "20000",
        sample(1)
            .putInputs(
                "x",
                tensor(DataType.DT_UINT8, 30_000)
                    .setTensorContent(ByteString.copyFrom(long30000))
                    .build()));
  }

  @Test
  void refusesWhatIsNotReady(@TempDir Path folder) throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve("1")).resolve("saved_model.pb"), "x");
    try (ServerCalls own = ServerCalls.start(ModelServer.builder().model("m", folder))) {
      PredictionServiceBlockingStub stub =
          GrpcClients.newClient(
              "gproto+h2c://127.0.0.1:" + own.port(), PredictionServiceBlockingStub.class);
      assertRefused(Status.Code.UNAVAILABLE, "model m", () -> stub.predict(sample(1).build()));
    }
  }
}
