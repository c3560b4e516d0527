package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each exception becomes an answer to the client, and a request of one kind in the counts. */
class ErrorAnswersTest {
  static Stream<Throwable> clientsThatWentAway() {
    return Stream.of(
        AbortedStreamException.get(),
        CancelledSubscriptionException.get(),
        new CancellationException(),
        Status.CANCELLED.asRuntimeException(),
        new CompletionException(AbortedStreamException.get()));
  }

  @ParameterizedTest
  @MethodSource("clientsThatWentAway")
  void aClientThatWentAwayCancelsItsRequest(Throwable thrown) {
    RefusedRequest refused = ErrorAnswers.refusal(thrown);
    assertEquals(RefusedRequest.Kind.CANCELLED, refused.kind());
    assertEquals(499, refused.http().code());
    assertEquals(Status.Code.CANCELLED, refused.grpc().getCode());
  }
}
