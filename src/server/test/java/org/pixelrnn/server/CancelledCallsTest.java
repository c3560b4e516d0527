package org.pixelrnn.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pixelrnn.proto.service.serving.PredictionServiceGrpc;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.PredictRequest;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Calls over gRPC that are cancelled while the model is busy, or while they wait. */
@SuppressWarnings("try") // The engine is held as long as the variable lives; nobody calls it.
@Tag("slow")
class CancelledCallsTest {
  @Test
  void samplingIsForgotten() {
    assertForgotten(
        ImageModelsGrpc.getSampleMethod(), SampleImagesRequest.newBuilder().setModel("m").build());
  }

  @Test
  void likelihoodsAreForgotten() {
    assertForgotten(
        ImageModelsGrpc.getLogProbMethod(),
        LogProbRequest.newBuilder()
            .setModel("m")
            .setImages(ByteString.copyFrom(new byte[9]))
            .build());
  }

  @Test
  void signaturesAreForgotten() {
    assertForgotten(
        PredictionServiceGrpc.getPredictMethod(),
        PredictRequest.newBuilder()
            .setModelSpec(ModelSpec.newBuilder().setName("m").setSignatureName("sample"))
            .putInputs("count", scalar(DataType.DT_INT32).addIntVal(1).build())
            .putInputs("seed", scalar(DataType.DT_INT64).addInt64Val(1).build())
            .putInputs("temperature", scalar(DataType.DT_FLOAT).addFloatVal(1).build())
            .build());
  }

  private static TensorProto.Builder scalar(DataType type) {
    return TensorProto.newBuilder()
        .setDtype(type)
        .setTensorShape(TensorShapeProto.getDefaultInstance());
  }

  /** The first call waits for the model, the second one for its turn. */
  private static <Q extends Message> void assertForgotten(
      MethodDescriptor<Q, ?> method, Q request) {
    RequestLimits oneAtATime = new RequestLimits(64, 1 << 20, 1, 1, Duration.ofSeconds(30));
    try (ServerCalls server =
        ServerCalls.startReady(
            ModelServer.builder().model("m", ServerCalls.folder("row-lstm")).limits(oneAtATime))) {
      try (HeldEngine held = new HeldEngine(server.engine("m")).begun()) {
        ClientCall<Q, ?> first = start(server, method, request);
        ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 1);
        ClientCall<Q, ?> second = start(server, method, request);
        ServerCalls.await(() -> server.metric("pixelrnn_requests_waiting") == 1);
        second.cancel("enough", null);
        ServerCalls.await(() -> server.metric("pixelrnn_requests_waiting") == 0);
        first.cancel("enough", null);
        ServerCalls.await(() -> server.metric("pixelrnn_requests_running") == 0);
      }
      // A call that was cancelled may keep its place in the queue a moment longer.
      ServerCalls.await(() -> server.post("/v1/models/m:sample", "{}").status() == 200);
    }
  }

  private static <Q, A> ClientCall<Q, A> start(
      ServerCalls server, MethodDescriptor<Q, A> method, Q request) {
    ClientCall<Q, A> call = server.grpc().getChannel().newCall(method, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(request);
    call.halfClose();
    call.request(100);
    return call;
  }
}
