package org.pixelrnn.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.proto.service.v1.CompleteImagesRequest;
import org.pixelrnn.proto.service.v1.ImageDimensions;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.LogProbResponse;
import org.pixelrnn.proto.service.v1.ModelDescription;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;

/** The models over HTTP: a list, and methods whose bodies are JSON. */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class ModelsOverHttp {
  private final ModelRequests requests;

  ModelsOverHttp(ModelRequests requests) {
    this.requests = requests;
  }

  /** Answers one method of one model. It may throw a {@link RefusedRequest}. */
  private interface Method {
    void answer(ServiceRequestContext ctx, HttpData body, Exchange exchange);
  }

  /**
   * An answer that is not there yet.
   *
   * @param begun completed with the answer, or with the reason why there is none
   * @param response what Armeria sends; it completes when the client has it, or has gone away
   */
  private record Exchange(CompletableFuture<HttpResponse> begun, HttpResponse response) {}

  /** The body of {@code :sample}. */
  record SampleBody(Integer count, Long seed, Float temperature) {}

  /** The body of {@code :complete}. */
  record CompleteBody(String images, String known, Integer count, Long seed, Float temperature) {}

  /** The body of {@code :logProb}. */
  record LogProbBody(Integer count, String images, Boolean pixels) {}

  /** Adds the paths to a server. */
  void addTo(ServerBuilder server) {
    ServicesOnOnePort.named("models", server.route().get("/v1/models"))
        .build((ctx, request) -> list());
    add(server, "sample", this::sample);
    add(server, "complete", this::complete);
    add(server, "logProb", this::logProb);
  }

  private void add(ServerBuilder server, String name, Method method) {
    ServicesOnOnePort.named(
            name, server.route().post("regex:^/v1/models/(?<model>[^/:]+):" + name + "$"))
        .build(
            (ctx, request) -> {
              requests.requireModel(ctx.pathParam("model"));
              CompletableFuture<HttpResponse> begun = new CompletableFuture<>();
              Exchange exchange = new Exchange(begun, HttpResponse.of(begun));
              request
                  .aggregate()
                  .thenAcceptAsync(
                      body -> method.answer(ctx, body.content(), exchange),
                      ctx.blockingTaskExecutor())
                  .whenComplete(
                      (ok, failure) -> {
                        if (failure != null) {
                          begun.completeExceptionally(ErrorAnswers.refusal(failure));
                        }
                      });
              return exchange.response();
            });
  }

  private HttpResponse list() {
    List<Map<String, Object>> models =
        requests.list().getModelsList().stream().map(ModelsOverHttp::describe).toList();
    return json(Map.of("models", models));
  }

  private static Map<String, Object> describe(ModelDescription model) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", model.getName());
    object.put("state", model.getState().name().replace("MODEL_STATE_", ""));
    if (model.hasVersion()) {
      object.put("version", model.getVersion());
      addTo(object, model.getImage());
    }
    if (model.hasSmall()) {
      Map<String, Object> small = new LinkedHashMap<>();
      addTo(small, model.getSmall());
      object.put("small", small);
    }
    if (model.hasError()) {
      object.put("error", model.getError());
    }
    return object;
  }

  /** Adds the fields of a shape. */
  static void addTo(Map<String, Object> object, ImageDimensions shape) {
    object.put("height", shape.getHeight());
    object.put("width", shape.getWidth());
    object.put("channels", shape.getChannels());
    object.put("levels", shape.getLevels());
  }

  private void sample(ServiceRequestContext ctx, HttpData body, Exchange exchange) {
    SampleBody fields = JsonBody.read(body, SampleBody.class);
    SampleImagesRequest.Builder request =
        SampleImagesRequest.newBuilder().setModel(ctx.pathParam("model"));
    if (fields.count() != null) {
      request.setCount(fields.count());
    }
    if (fields.seed() != null) {
      request.setSeed(fields.seed());
    }
    if (fields.temperature() != null) {
      request.setTemperature(fields.temperature());
    }
    requests.sample(ctx, request.build(), lines(exchange));
  }

  private void complete(ServiceRequestContext ctx, HttpData body, Exchange exchange) {
    CompleteBody fields = JsonBody.read(body, CompleteBody.class);
    CompleteImagesRequest.Builder request =
        CompleteImagesRequest.newBuilder()
            .setModel(ctx.pathParam("model"))
            .setImages(bytes("images", fields.images()))
            .setKnown(bytes("known", fields.known()));
    if (fields.count() != null) {
      request.setCount(fields.count());
    }
    if (fields.seed() != null) {
      request.setSeed(fields.seed());
    }
    if (fields.temperature() != null) {
      request.setTemperature(fields.temperature());
    }
    requests.complete(ctx, request.build(), lines(exchange));
  }

  private static RowsAsLines lines(Exchange exchange) {
    return new RowsAsLines(exchange.begun(), exchange.response().whenComplete());
  }

  private void logProb(ServiceRequestContext ctx, HttpData body, Exchange exchange) {
    LogProbBody fields = JsonBody.read(body, LogProbBody.class);
    LogProbRequest.Builder request =
        LogProbRequest.newBuilder()
            .setModel(ctx.pathParam("model"))
            .setImages(bytes("images", fields.images()))
            .setPixels(fields.pixels() != null && fields.pixels());
    if (fields.count() != null) {
      request.setCount(fields.count());
    }
    requests
        .logProb(ctx, request.build(), exchange.response().whenComplete())
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                exchange.begun().complete(json(likelihoods(answer)));
              } else {
                exchange.begun().completeExceptionally(ErrorAnswers.refusal(failure));
              }
            });
  }

  private static Map<String, Object> likelihoods(LogProbResponse answer) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("log_prob", answer.getLogProbList());
    object.put("bits_per_dim", answer.getBitsPerDimList());
    if (answer.getBitsCount() > 0) {
      object.put("bits", answer.getBitsList());
    }
    return object;
  }

  private static ByteString bytes(String field, String base64) {
    if (base64 == null) {
      throw RefusedRequest.wrong("field `" + field + "` is missing; expected base64");
    }
    try {
      return UnsafeByteOperations.unsafeWrap(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw RefusedRequest.wrong("field `" + field + "` is wrong: not base64");
    }
  }

  private static HttpResponse json(Map<String, ?> object) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, JsonBody.write(object));
  }
}
