package org.pixelrnn.server;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.annotation.Nullable;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestCancellationException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to requests that fail: {@code {"error": "one sentence"}} over HTTP, a status over
 * gRPC.
 */
final class ErrorAnswers implements ServerErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

  /** Says what an exception means to a client. A fault of the server goes into the log. */
  static RefusedRequest refusal(Throwable thrown) {
    Throwable cause = Exceptions.peel(thrown);
    if (cause instanceof RefusedRequest refused) {
      return refused;
    }
    if (cause instanceof ContentTooLargeException tooLarge) {
      return new RefusedRequest(
          RefusedRequest.Kind.TOO_LONG, tooLong(tooLarge.maxContentLength()), cause);
    }
    if (cause instanceof RequestTimeoutException) {
      return RefusedRequest.outOfTime(cause);
    }
    if (cause instanceof ShuttingDownException) {
      return new RefusedRequest(RefusedRequest.Kind.NOT_READY, "the server is stopping", cause);
    }
    if (isGone(cause)) {
      return new RefusedRequest(RefusedRequest.Kind.CANCELLED, "the client has gone away", cause);
    }
    LOG.error("a request fails", cause);
    return new RefusedRequest(
        RefusedRequest.Kind.FAILED, "the request fails; the server's log says why", cause);
  }

  /** True if a request ended because its client has gone away. */
  private static boolean isGone(Throwable cause) {
    return Exceptions.isStreamCancelling(cause)
        || cause instanceof CancellationException
        || Status.fromThrowable(cause).getCode() == Status.Code.CANCELLED;
  }

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable thrown) {
    Throwable cause = Exceptions.peel(thrown);
    if (cause instanceof HttpStatusException
        || cause instanceof HttpResponseException
        || cause instanceof RequestCancellationException) {
      return null;
    }
    RefusedRequest refused = refusal(cause);
    RequestHeaders headers = ctx.request().headers();
    if (isGrpc(headers)) {
      return grpc(headers, refused).toHttpResponse();
    }
    return json(refused.http(), refused.getMessage()).toHttpResponse();
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      // Armeria refuses such a body itself, with a status that clients of gRPC do not know.
      String message = tooLong(config.maxRequestLength());
      return isGrpc(headers)
          ? grpc(headers, new RefusedRequest(RefusedRequest.Kind.TOO_LONG, message))
          : json(status, message);
    }
    return json(status, description == null ? status.reasonPhrase() : description);
  }

  private static boolean isGrpc(@Nullable RequestHeaders headers) {
    MediaType type = headers == null ? null : headers.contentType();
    return type != null && type.type().equals("application") && type.subtype().startsWith("grpc");
  }

  /**
   * The answer to a call over gRPC that never began: headers and nothing after them. Some clients
   * do not know the status of a stream that goes on after it.
   */
  private static AggregatedHttpResponse grpc(RequestHeaders headers, RefusedRequest refused) {
    String message =
        URLEncoder.encode(refused.getMessage(), StandardCharsets.UTF_8).replace("+", "%20");
    return AggregatedHttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(headers.contentType())
            .add("grpc-status", "" + refused.grpc().getCode().value())
            .add("grpc-message", message)
            .endOfStream(true)
            .build());
  }

  /** The message for a body that has too many bytes. */
  static String tooLong(long most) {
    return "the body is too long; expected at most " + most + " bytes";
  }

  private static AggregatedHttpResponse json(HttpStatus status, String message) {
    ResponseHeaders headers =
        ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON_UTF_8);
    return AggregatedHttpResponse.of(headers, JsonBody.write(Map.of("error", message)));
  }
}
