package org.pixelrnn.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.services.ProtoReflectionService;
import org.pixelrnn.proto.service.serving.PredictionServiceGrpc;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;

/** All services of gRPC and gRPC-Web: each is one line of {@link #of}. */
final class GrpcServices {
  /** The first part of the paths of {@link ModelsOverGrpc}. */
  static final String IMAGE_MODELS = "/" + ImageModelsGrpc.SERVICE_NAME + "/";

  /** The path of the calls of signatures. */
  static final String PREDICT = "/" + PredictionServiceGrpc.SERVICE_NAME + "/Predict";

  private GrpcServices() {}

  /** Makes the services of a server. */
  static GrpcService of(
      ModelRequests requests,
      SignatureRequests signatures,
      HealthOverGrpc health,
      RequestLimits limits) {
    return GrpcService.builder()
        .addService(new ModelsOverGrpc(requests))
        .addService(new PredictionOverGrpc(signatures))
        .addService(new VersionsOverGrpc(signatures))
        .addService(health.service())
        .addService(reflection())
        .supportedSerializationFormats(GrpcSerializationFormats.values())
        .maxRequestMessageLength((int) limits.bytes())
        .exceptionHandler((ctx, status, cause, metadata) -> status(status, cause, limits))
        .intercept(new CutShort())
        .build();
  }

  /**
   * Reflection under the name that all clients know. Armeria takes one of its two versions, and
   * Python's client does not know the later one.
   */
  @SuppressWarnings("deprecation")
  private static BindableService reflection() {
    return ProtoReflectionService.newInstance();
  }

  /** The status of what fails before a service is called. Null leaves it to Armeria. */
  private static Status status(Status status, Throwable cause, RequestLimits limits) {
    for (Throwable e = cause; e != null; e = e.getCause()) {
      if (e instanceof InvalidProtocolBufferException) {
        return Status.INVALID_ARGUMENT.withDescription(
            "the message cannot be read; expected a protobuf message of this method");
      }
      if (e instanceof RefusedRequest || e instanceof ContentTooLargeException) {
        return ErrorAnswers.refusal(e).grpc();
      }
    }
    boolean tooLong = String.valueOf(status.getDescription()).contains("exceeds maximum");
    return tooLong ? status.withDescription(ErrorAnswers.tooLong(limits.bytes())) : null;
  }

  /** A call whose message does not arrive whole is wrong input; gRPC calls it INTERNAL. */
  private static final class CutShort implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return next.startCall(
          new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              boolean cutShort =
                  status.getCode() == Status.Code.INTERNAL
                      && "Half-closed without a request".equals(status.getDescription());
              super.close(
                  cutShort
                      ? Status.INVALID_ARGUMENT.withDescription(
                          "the message is cut short; expected a whole protobuf message")
                      : status,
                  trailers);
            }
          },
          headers);
    }
  }
}
