package org.pixelrnn.server;

import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to a model, from its arrival to its end. It holds the version that answers it and its
 * place in the queue, and gives both back when it ends: because it is done, out of time, or because
 * the client has gone away.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class RequestRun {
  private static final Logger LOG = LoggerFactory.getLogger(RequestRun.class);

  /** How long the last bytes of an answer may take after the request is out of time. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final ServiceRequestContext ctx;
  private final ServedModel model;
  private final String method;
  private final LoadedVersion version;
  private final Serving serving;
  private final long start = System.nanoTime();

  // Guarded by this object's lock.
  private boolean ended;
  private CompletableFuture<RequestGate.Turn> turn = new CompletableFuture<>();
  private Future<?> deadline = CompletableFuture.completedFuture(null);

  /**
   * The things that all requests of a server share.
   *
   * @param models the models
   * @param limits the limits
   * @param gate the queue
   * @param metrics what is counted
   */
  record Serving(
      ModelRegistry models, RequestLimits limits, RequestGate gate, ServingMetrics metrics) {}

  private RequestRun(
      ServiceRequestContext ctx,
      ServedModel model,
      String method,
      LoadedVersion version,
      Serving serving) {
    this.ctx = ctx;
    this.model = model;
    this.method = method;
    this.version = version;
    this.serving = serving;
  }

  /**
   * Takes the version of a model that answers a request. The caller ends the run.
   *
   * @throws RefusedRequest if there is no such model, or if it is not ready
   */
  static RequestRun of(ServiceRequestContext ctx, Serving serving, String model, String method) {
    ServedModel served = serving.models().find(model);
    return new RequestRun(ctx, served, method, served.use(), serving);
  }

  String model() {
    return model.name();
  }

  LoadedVersion version() {
    return version;
  }

  ServingMetrics metrics() {
    return serving.metrics();
  }

  /** The time since the request arrived. */
  Duration time() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * Queues the request.
   *
   * @param gone completes when the client has gone away, or has got the whole answer
   * @param answer called when its turn comes
   * @param refuse called if it is out of time, before or after {@code answer}
   */
  void queue(CompletableFuture<?> gone, Runnable answer, Consumer<RefusedRequest> refuse) {
    CompletableFuture<RequestGate.Turn> own;
    synchronized (this) {
      if (ended) {
        return; // The client has gone away already.
      }
      Duration limit = serving.limits().time();
      ctx.setRequestTimeout(TimeoutMode.SET_FROM_START, limit.plus(GRACE));
      deadline =
          ctx.eventLoop()
              .withoutContext()
              .schedule(
                  () -> refuse.accept(RefusedRequest.outOfTime(null)),
                  limit.toMillis(),
                  TimeUnit.MILLISECONDS);
      own = serving.gate().turn();
      turn = own;
    }
    // Without the lock: the answer may have one of its own, and hold it while it ends the request.
    gone.whenComplete((ok, failed) -> end("cancelled"));
    if (!hasEnded()) { // The client may have gone away just now.
      own.thenRun(answer);
    }
  }

  /** True if the request has ended, so that nothing more is to be done for it. */
  synchronized boolean hasEnded() {
    return ended;
  }

  /**
   * Ends the request: gives back its version and its place in the queue.
   *
   * @param outcome {@code done}, {@code cancelled}, or the kind of a refusal
   * @return false if it has ended before
   */
  boolean end(String outcome) {
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
    }
    deadline.cancel(false);
    // Before its place is free: who sees that has the count, too.
    serving.metrics().request(model(), method, outcome, time());
    turn.cancel(false);
    turn.thenAccept(RequestGate.Turn::close);
    version.release();
    return true;
  }

  /**
   * Says what a failure of the model means to the client. A fault of the server goes into the log.
   *
   * @param what the part of the answer that fails, for instance {@code row 3}
   * @param failure null if there is no exception
   */
  RefusedRequest refusal(String what, Throwable failure) {
    if (failure != null && Exceptions.peel(failure) instanceof RefusedRequest refused) {
      return refused;
    }
    LOG.error("model {}: {} fails", model(), what, failure);
    return new RefusedRequest(
        RefusedRequest.Kind.FAILED, "model " + model() + " fails; the server's log says why");
  }

  /** Ends a request that is refused. Returns false if it has ended before. */
  boolean end(RefusedRequest refused) {
    return end(refused.kind().name().toLowerCase(Locale.ROOT));
  }
}
