package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.util.concurrent.Uninterruptibles;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pixelrnn.proto.service.v1.ImageDimensions;
import org.pixelrnn.proto.service.v1.SampleHeader;

/** How the delivery of one request ends, with rows and a client that the test makes itself. */
class RowDeliveryTest {
  private static final RequestLimits LIMITS = RequestLimits.defaults();
  private static final SampleHeader TWO_ROWS =
      SampleHeader.newBuilder().setImage(ImageDimensions.newBuilder().setHeight(2)).build();

  private static ModelRegistry models;

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final RequestGate gate = new RequestGate(LIMITS);

  @BeforeAll
  static void load() {
    models = new ModelRegistry(Map.of("m", ServerCalls.folder("row-lstm")), ImmutableIntArray.of());
    models.start(Duration.ofHours(1));
    ServerCalls.await(models::isReady);
  }

  @AfterAll
  static void free() {
    models.close();
  }

  private RequestRun run() {
    return run(LIMITS);
  }

  private RequestRun run(RequestLimits limits) {
    return RequestRun.of(
        ServiceRequestContext.of(HttpRequest.of(HttpMethod.POST, "/")),
        new RequestRun.Serving(models, limits, gate, new ServingMetrics(meters, models, gate)),
        "m",
        "sample");
  }

  /** The number of requests that ended like this. */
  private long ended(String outcome) {
    Timer timer = meters.find("pixelrnn.requests").tag("outcome", outcome).timer();
    return timer == null ? 0 : timer.count();
  }

  /** Rows that the test gives. */
  private static final class GivenRows implements SampledRows {
    private CompletableFuture<Optional<byte[]>> asked = new CompletableFuture<>();
    private boolean closed;

    @Override
    public CompletableFuture<Optional<byte[]>> next() {
      asked = new CompletableFuture<>();
      return closed ? CompletableFuture.completedFuture(Optional.empty()) : asked;
    }

    void give() {
      asked.complete(Optional.of(new byte[1]));
    }

    @Override
    public void close() {
      closed = true;
      asked.complete(Optional.empty());
    }
  }

  /** A client that writes down what it gets, and goes away as soon as it has the whole answer. */
  private static final class QuickClient implements RowDelivery.Receiver {
    private final List<String> got = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> gone;

    QuickClient() {
      this(new CompletableFuture<>());
    }

    QuickClient(CompletableFuture<Void> gone) {
      this.gone = gone;
    }

    @Override
    public void begin(SampleHeader header) {
      got.add("header");
    }

    @Override
    public CompletableFuture<Void> row(int row, byte[] values) {
      got.add("row " + row);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void done() {
      got.add("done");
      gone.complete(null);
    }

    @Override
    public void refuse(RefusedRequest why) {
      got.add(why.kind().name());
      gone.complete(null);
    }

    @Override
    public CompletableFuture<?> whenGone() {
      return gone;
    }
  }

  @Test
  void aRequestThatIsDoneNeverCountsAsCancelled() {
    GivenRows rows = new GivenRows();
    QuickClient client = new QuickClient();
    RowDelivery.start(run(), TWO_ROWS, rows, client);
    rows.give();
    rows.give();
    assertEquals(List.of("header", "row 0", "row 1", "done"), client.got);
    assertEquals(1, ended("done"));
    assertEquals(0, ended("cancelled"));
    assertEquals(0, gate.running());
  }

  /** Otherwise the state of the request would stay in the model. */
  @Test
  void theRowsOfAClientThatIsGoneAreClosed() {
    GivenRows rows = new GivenRows();
    QuickClient client = new QuickClient();
    RowDelivery.start(run(), TWO_ROWS, rows, client);
    rows.give();
    assertFalse(rows.closed);
    client.gone.complete(null);
    assertTrue(rows.closed);
    rows.give();
    assertEquals(List.of("header", "row 0"), client.got);
    assertEquals(1, ended("cancelled"));
    assertEquals(0, gate.running());
  }

  @Test
  void aClientThatWasGoneBeforeItsTurnGetsNothing() {
    GivenRows rows = new GivenRows();
    QuickClient client = new QuickClient();
    client.gone.complete(null);
    RowDelivery.start(run(), TWO_ROWS, rows, client);
    assertEquals(List.of(), client.got);
    assertTrue(rows.closed);
    assertEquals(1, ended("cancelled"));
    assertEquals(0, gate.running());
    assertEquals(0, gate.waiting());
  }

  /** The thread of the deadline and the one that queues the request do not wait for each other. */
  @Test
  void aRequestMayBeOutOfTimeWhileItIsQueued() throws Exception {
    CompletableFuture<Void> slow =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<Void> whenComplete(
              BiConsumer<? super Void, ? super Throwable> action) {
            Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(200));
            return super.whenComplete(action);
          }
        };
    RequestLimits hasty = new RequestLimits(1, 1, 1, 1, Duration.ofMillis(1));
    GivenRows rows = new GivenRows();
    QuickClient client = new QuickClient(slow);
    CompletableFuture.runAsync(() -> RowDelivery.start(run(hasty), TWO_ROWS, rows, client))
        .get(30, TimeUnit.SECONDS);
    ServerCalls.await(() -> client.got.contains("OUT_OF_TIME"));
    assertTrue(rows.closed);
    assertEquals(1, ended("out_of_time"));
    assertEquals(0, gate.running());
  }

  @Test
  void aRowThatFailsEndsTheRequest() {
    GivenRows rows = new GivenRows();
    QuickClient client = new QuickClient();
    RowDelivery.start(run(), TWO_ROWS, rows, client);
    rows.asked.completeExceptionally(new IllegalStateException("the test's failure"));
    assertEquals(List.of("header", "FAILED"), client.got);
    assertEquals(1, ended("failed"));
    assertTrue(rows.closed);
  }

  /** The deadline of a minute would keep the rows of a minute in memory. */
  @Test
  void aRequestThatHasEndedIsNotKept() {
    WeakReference<GivenRows> rows = startAndFinish();
    ServerCalls.await(
        () -> {
          System.gc();
          return rows.get() == null;
        });
  }

  private WeakReference<GivenRows> startAndFinish() {
    GivenRows rows = new GivenRows();
    RowDelivery.start(run(), TWO_ROWS, rows, new QuickClient());
    rows.give();
    rows.give();
    assertEquals(1, ended("done"));
    return new WeakReference<>(rows);
  }
}
