package org.pixelrnn.server;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** The answer to a call over gRPC that is one message, or the status of a refusal. */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class SingleAnswer {
  private SingleAnswer() {}

  /**
   * Sends an answer that is there at once.
   *
   * @param answer gives the message, or throws a {@link RefusedRequest}
   */
  static <A> void send(StreamObserver<A> observer, Supplier<A> answer) {
    sendLater(observer, gone -> CompletableFuture.completedFuture(answer.get()));
  }

  /**
   * Sends an answer when it is there.
   *
   * @param start starts the request. It gets a future that completes when the client has gone away.
   *     It returns the future message, or throws a {@link RefusedRequest}
   */
  static <A> void sendLater(
      StreamObserver<A> observer, Function<CompletableFuture<Void>, CompletableFuture<A>> start) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    ((ServerCallStreamObserver<A>) observer).setOnCancelHandler(() -> gone.complete(null));
    CompletableFuture<A> answer;
    try {
      answer = start.apply(gone);
    } catch (RefusedRequest refused) {
      answer = CompletableFuture.failedFuture(refused);
    }
    answer.whenComplete(
        (message, failure) -> {
          if (failure == null) {
            observer.onNext(message);
            observer.onCompleted();
          } else {
            observer.onError(ErrorAnswers.refusal(failure).grpc().asRuntimeException());
          }
        });
  }
}
