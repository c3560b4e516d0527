package org.pixelrnn.server;

import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.proto.serving.GetModelMetadataRequest;
import org.pixelrnn.proto.serving.GetModelMetadataResponse;
import org.pixelrnn.proto.serving.GetModelStatusRequest;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.SignatureDefMap;

/**
 * TensorFlow Serving's interface over HTTP: calls of signatures, their descriptions, and the
 * versions of a model.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class SignaturesOverHttp {
  private static final String MODEL =
      "regex:^/v1/models/(?<model>[^/:]+)(?<version>(?:/(?:versions|labels)/[^/:]+)?)";
  private static final String VERSIONS = "/versions/";
  private static final String LABELS = "/labels/";

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().includingDefaultValueFields();

  private final SignatureRequests requests;

  SignaturesOverHttp(SignatureRequests requests) {
    this.requests = requests;
  }

  /** Adds the paths to a server. */
  void addTo(ServerBuilder server) {
    ServicesOnOnePort.named("status", server.route().get(MODEL + "$"))
        .build((ctx, request) -> json(status(ctx)));
    ServicesOnOnePort.named("metadata", server.route().get(MODEL + "/metadata$"))
        .build((ctx, request) -> json(metadata(ctx)));
    ServicesOnOnePort.named("predict", server.route().post(MODEL + ":predict$"))
        .build(this::predict);
  }

  private HttpResponse predict(ServiceRequestContext ctx, HttpRequest request) {
    requests.requireModel(ctx.pathParam("model"));
    CompletableFuture<HttpResponse> begun = new CompletableFuture<>();
    HttpResponse response = HttpResponse.of(begun);
    request
        .aggregate()
        .thenComposeAsync(
            aggregated -> {
              PredictBody body = PredictBody.of(aggregated.content().array());
              return requests
                  .predict(ctx, model(ctx), body::read, response.whenComplete())
                  .thenApplyAsync(
                      answer -> OutputsAsJson.write(answer, body.inRows()),
                      ctx.blockingTaskExecutor());
            },
            ctx.blockingTaskExecutor())
        .whenComplete(
            (json, failure) -> {
              if (failure == null) {
                begun.complete(HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json));
              } else {
                begun.completeExceptionally(ErrorAnswers.refusal(failure));
              }
            });
    return response;
  }

  private String status(ServiceRequestContext ctx) {
    return print(
        requests.status(GetModelStatusRequest.newBuilder().setModelSpec(model(ctx)).build()));
  }

  private String metadata(ServiceRequestContext ctx) {
    GetModelMetadataResponse answer =
        requests.metadata(
            GetModelMetadataRequest.newBuilder()
                .setModelSpec(model(ctx))
                .addMetadataField(SignatureRequests.SIGNATURES)
                .build());
    try {
      SignatureDefMap signatures =
          answer.getMetadataOrThrow(SignatureRequests.SIGNATURES).unpack(SignatureDefMap.class);
      return String.format(
          Locale.ROOT,
          "{\"model_spec\": %s, \"metadata\": {\"signature_def\": %s}}",
          print(answer.getModelSpec()),
          print(signatures));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String print(MessageOrBuilder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The model and the version that a path names. */
  private static ModelSpec model(ServiceRequestContext ctx) {
    ModelSpec.Builder model = ModelSpec.newBuilder().setName(ctx.pathParam("model"));
    String version = ctx.pathParam("version");
    if (version.startsWith(LABELS)) {
      model.setVersionLabel(version.substring(LABELS.length()));
    } else if (version.startsWith(VERSIONS)) {
      String number = version.substring(VERSIONS.length());
      if (!number.matches("[0-9]{1,18}")) {
        throw RefusedRequest.wrong("version `" + number + "`; expected a number");
      }
      model.setVersion(Int64Value.of(Long.parseLong(number)));
    }
    return model.build();
  }

  private static HttpResponse json(String json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json);
  }
}
