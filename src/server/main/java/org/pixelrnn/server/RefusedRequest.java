package org.pixelrnn.server;

import com.linecorp.armeria.common.HttpStatus;
import io.grpc.Status;

/**
 * A request that is not answered, or not to its end. The message is one sentence for the client.
 * The kind gives the status of gRPC and of HTTP.
 */
final class RefusedRequest extends RuntimeException {
  /** The reasons why a request is refused. */
  enum Kind {
    /** The request is wrong. */
    WRONG_INPUT(Status.Code.INVALID_ARGUMENT, HttpStatus.BAD_REQUEST.code()),
    /** The request has no token, or a wrong one. */
    NO_TOKEN(Status.Code.UNAUTHENTICATED, HttpStatus.UNAUTHORIZED.code()),
    /** The server has no such model, or no such path. */
    UNKNOWN(Status.Code.NOT_FOUND, HttpStatus.NOT_FOUND.code()),
    /** The body is too long. */
    TOO_LONG(Status.Code.RESOURCE_EXHAUSTED, HttpStatus.REQUEST_ENTITY_TOO_LARGE.code()),
    /** Too many requests wait already. */
    TOO_MANY(Status.Code.RESOURCE_EXHAUSTED, HttpStatus.TOO_MANY_REQUESTS.code()),
    /** The model cannot answer yet, or the server is stopping. */
    NOT_READY(Status.Code.UNAVAILABLE, HttpStatus.SERVICE_UNAVAILABLE.code()),
    /** The request took too long. */
    OUT_OF_TIME(Status.Code.DEADLINE_EXCEEDED, HttpStatus.GATEWAY_TIMEOUT.code()),
    /** The client has gone away, so nobody reads the status. */
    CANCELLED(Status.Code.CANCELLED, HttpStatus.CLIENT_CLOSED_REQUEST.code()),
    /** The model fails. The server's log says why. */
    FAILED(Status.Code.INTERNAL, HttpStatus.INTERNAL_SERVER_ERROR.code());

    private final Status.Code grpc;
    private final int http;

    Kind(Status.Code grpc, int http) {
      this.grpc = grpc;
      this.http = http;
    }
  }

  private final Kind kind;

  RefusedRequest(Kind kind, String message) {
    this(kind, message, null);
  }

  RefusedRequest(Kind kind, String message, Throwable cause) {
    // No stack trace of its own: it is an answer, not a fault of the server.
    super(message, cause, false, false);
    this.kind = kind;
  }

  /** Makes the exception for a request that is wrong. */
  static RefusedRequest wrong(String message) {
    return new RefusedRequest(Kind.WRONG_INPUT, message);
  }

  /** Makes the exception for a request that is out of time. */
  static RefusedRequest outOfTime(Throwable cause) {
    return new RefusedRequest(
        Kind.OUT_OF_TIME, "the request took too long; ask for fewer images", cause);
  }

  /** The reason. */
  Kind kind() {
    return kind;
  }

  /** The status of an answer over HTTP. */
  HttpStatus http() {
    return HttpStatus.valueOf(kind.http);
  }

  /** The status of an answer over gRPC. */
  Status grpc() {
    return kind.grpc.toStatus().withDescription(getMessage());
  }
}
