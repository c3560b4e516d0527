package org.pixelrnn.server;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.proto.service.v1.SampleHeader;

/**
 * Sends the rows of one request to its client. It asks for a row when the client has taken the row
 * before, so that a slow client costs no memory and holds up nobody else.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class RowDelivery {
  private final RequestRun run;
  private final SampleHeader header;
  private final SampledRows rows;
  private final Receiver receiver;

  /** The row that is asked for. Guarded by this object's lock, like all calls of the receiver. */
  private int row;

  /** The client's end of a delivery. Only one thread at a time calls it. */
  interface Receiver {
    /** Sends the header. */
    void begin(SampleHeader header);

    /**
     * Sends a row.
     *
     * @return completes when the client takes more
     */
    CompletableFuture<Void> row(int row, byte[] values);

    /** Says that this was the last row. */
    void done();

    /** Says why there are no rows, or no more. */
    void refuse(RefusedRequest why);

    /** Completes when the client has gone away, or has got the whole answer. */
    CompletableFuture<?> whenGone();
  }

  private RowDelivery(RequestRun run, SampleHeader header, SampledRows rows, Receiver receiver) {
    this.run = run;
    this.header = header;
    this.rows = rows;
    this.receiver = receiver;
  }

  /** Queues a request, and sends its rows when its turn comes. */
  static void start(RequestRun run, SampleHeader header, SampledRows rows, Receiver receiver) {
    RowDelivery delivery = new RowDelivery(run, header, rows, receiver);
    receiver
        .whenGone()
        .whenComplete(
            (ok, failed) -> {
              // In this order: rows that are closed are no failure of a request that has ended.
              run.end("cancelled");
              rows.close();
            });
    run.queue(receiver.whenGone(), delivery::begin, delivery::refuse);
  }

  private synchronized void begin() {
    if (!run.hasEnded()) {
      // The model begins with a row while the header is on its way.
      CompletableFuture<Optional<byte[]>> first = rows.next();
      receiver.begin(header);
      first.whenComplete(this::send);
    }
  }

  private void next() {
    rows.next().whenComplete(this::send);
  }

  private synchronized void send(Optional<byte[]> values, Throwable failure) {
    if (run.hasEnded()) {
      return;
    }
    if (failure != null || values.isEmpty()) {
      refuse(run.refusal("row " + row, failure));
      return;
    }
    if (row == 0) {
      run.metrics().firstRow(run.model(), run.time());
    }
    run.metrics().row(run.model());
    CompletableFuture<Void> taken = receiver.row(row, values.get());
    row++;
    if (row == header.getImage().getHeight()) {
      // Before the client can have the whole answer, and its going away would count as cancelled.
      if (run.end("done")) {
        run.metrics().images(run.model(), header.getCount());
        receiver.done();
      }
    } else {
      taken.thenRun(this::next);
    }
  }

  private synchronized void refuse(RefusedRequest why) {
    if (run.end(why)) {
      rows.close();
      receiver.refuse(why);
    }
  }
}
