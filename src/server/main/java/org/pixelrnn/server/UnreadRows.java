package org.pixelrnn.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The rows of one request that are sampled and not read yet. They are few: a request whose reader
 * is slow has no room for a further row, and is left out until the reader takes one.
 *
 * <pre>
 *   model ──► add() ──► at most {@value #MOST} rows ──► next() ──► reader
 * </pre>
 */
final class UnreadRows implements SampledRows {
  /**
   * One row is sent while the next one is sampled. The second row is for readers that need a little
   * longer.
   */
  static final int MOST = 2;

  private final Runnable changed;

  // Guarded by this object's lock.
  private final Deque<byte[]> unread = new ArrayDeque<>(MOST);
  private Optional<CompletableFuture<Optional<byte[]>>> waiting = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();
  private boolean started;
  private boolean ended;

  /**
   * Makes the rows of a request that nobody has asked for a row yet.
   *
   * @param changed called when there may be room for a row, or when no further row is needed
   */
  UnreadRows(Runnable changed) {
    this.changed = changed;
  }

  @Override
  public CompletableFuture<Optional<byte[]>> next() {
    CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
    synchronized (this) {
      started = true;
      waiting = Optional.of(answer);
    }
    answer();
    changed.run();
    return answer;
  }

  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      unread.clear();
    }
    answer();
    changed.run();
  }

  /** True if a row is to be sampled. */
  synchronized boolean hasRoom() {
    return started && !ended && unread.size() < MOST;
  }

  /** True if no row is to be sampled any more. */
  synchronized boolean hasEnded() {
    return ended;
  }

  /** Takes in a row. */
  void add(byte[] levels, boolean last) {
    synchronized (this) {
      if (ended) {
        return;
      }
      unread.add(levels);
      ended = last;
    }
    answer();
  }

  /** Ends the rows. The reader gets the reason after the rows that are unread. */
  void fail(Throwable why) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      failure = Optional.of(why);
    }
    answer();
  }

  /** Answers the reader if it waits, outside of the lock. */
  private void answer() {
    CompletableFuture<Optional<byte[]>> reader;
    Optional<byte[]> row;
    Optional<Throwable> why;
    synchronized (this) {
      if (waiting.isEmpty() || (unread.isEmpty() && !ended)) {
        return;
      }
      reader = waiting.get();
      waiting = Optional.empty();
      row = Optional.ofNullable(unread.poll());
      why = failure;
    }
    if (row.isEmpty() && why.isPresent()) {
      reader.completeExceptionally(why.get());
    } else {
      reader.complete(row);
    }
  }
}
