package org.pixelrnn.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Limits the requests that are inside a server. Some are answered; the others wait in a queue, the
 * first come first. If the queue is full, a request is refused before its body is read.
 *
 * <pre>
 *   arrives ──► waits (its body is read, and it is in the queue) ──► is answered ──► leaves
 *      └─ refused if `running + waiting` requests are inside
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class RequestGate implements DecoratingHttpServiceFunction {
  private final RequestLimits limits;

  // Guarded by this object's lock.
  private boolean closed;
  private int inside;
  private int running;
  private final Deque<CompletableFuture<Turn>> queue = new ArrayDeque<>();

  RequestGate(RequestLimits limits) {
    this.limits = limits;
  }

  /** The right to be answered now. Whoever has it gives it back. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Lets a request in, or refuses it. */
  @Override
  public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    enter();
    ctx.log().whenComplete().thenRun(this::leave);
    return delegate.serve(ctx, request);
  }

  /** Refuses all further requests, because the server is stopping. */
  synchronized void close() {
    closed = true;
  }

  private synchronized void enter() {
    if (closed) {
      throw ModelThread.stopping();
    }
    int most = limits.running() + limits.waiting();
    if (inside >= most) {
      throw new RefusedRequest(
          RefusedRequest.Kind.TOO_MANY,
          limits.running()
              + " requests are running and "
              + limits.waiting()
              + " are waiting; try again later");
    }
    inside++;
  }

  private synchronized void leave() {
    inside--;
  }

  /**
   * Queues a request.
   *
   * @return completes when the request is to be answered; the caller cancels it if the client goes
   *     away meanwhile
   */
  synchronized CompletableFuture<Turn> turn() {
    CompletableFuture<Turn> turn = new CompletableFuture<>();
    if (running < limits.running()) {
      running++;
      turn.complete(new OneTurn());
    } else {
      queue.add(turn);
      turn.whenComplete((granted, cancelled) -> forgetCancelled());
    }
    return turn;
  }

  /** The number of requests that are answered now. */
  synchronized int running() {
    return running;
  }

  /** The number of requests that wait for their turn. */
  synchronized int waiting() {
    return queue.size();
  }

  private synchronized void forgetCancelled() {
    queue.removeIf(CompletableFuture::isCancelled);
  }

  private void end() {
    CompletableFuture<Turn> next;
    do {
      synchronized (this) {
        next = queue.poll();
        if (next == null) {
          running--;
          return;
        }
      }
      // A request that was cancelled does not take its turn.
    } while (!next.complete(new OneTurn()));
  }

  private final class OneTurn implements Turn {
    private boolean ended;

    @Override
    public void close() {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
      }
      end();
    }
  }
}
