package org.pixelrnn.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
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
        .addService(ProtoReflectionServiceV1.newInstance())
        .supportedSerializationFormats(GrpcSerializationFormats.values())
        .maxRequestMessageLength((int) limits.bytes())
        .exceptionHandler(GrpcServices::status)
        .intercept(new CutShort())
        .build();
  }

  /** The status of what fails before a service is called. Null leaves it to Armeria. */
  private static Status status(
      RequestContext ctx, Status status, Throwable cause, Metadata metadata) {
    for (Throwable e = cause; e != null; e = e.getCause()) {
      if (e instanceof InvalidProtocolBufferException) {
        return Status.INVALID_ARGUMENT.withDescription(
            "the message cannot be read; expected a protobuf message of this method");
      }
      if (e instanceof RefusedRequest || e instanceof ContentTooLargeException) {
        return ErrorAnswers.refusal(e).grpc();
      }
    }
    return null;
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
