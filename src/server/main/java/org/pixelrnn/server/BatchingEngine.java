package org.pixelrnn.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.pixelrnn.sampler.BatchedRows;
import org.pixelrnn.sampler.RowBatch;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * An engine whose requests share the work. One thread samples a row of many requests in one step. A
 * request joins before any step, and leaves after its last row:
 *
 * <pre>
 *   step         1    2    3    4    5
 *   request A   A0   A1   A2   A3
 *   request B        B0   B1   B2   B3
 *   request C        C0    ·    ·   C1     (its reader is slow)
 * </pre>
 *
 * <p>A step has at most {@link #MOST_IMAGES} images. If requests have more, those whose last row is
 * the oldest come first. A larger request has steps of its own. A request is left out of a step
 * while its reader has not taken the rows before, see {@link UnreadRows}.
 */
final class BatchingEngine implements ModelEngine {
  /** Larger steps give few more images per second, and the rows of all requests come later. */
  static final int MOST_IMAGES = 64;

  private final Sampler sampler;
  private final RowBatch batch;
  private final Step step;
  private final int mostImages;
  private final ModelThread thread;

  // Guarded by this object's lock.
  /** The requests; those whose last row is the oldest come first. */
  private final List<Member> members = new ArrayList<>();

  private boolean stepQueued;
  private boolean closed;

  /** Samples a row of some requests, see {@link RowBatch#next(Collection)}. */
  interface Step {
    List<BatchedRows> next(RowBatch batch, Collection<BatchedRows> wanted);
  }

  /** A request: its rows in the batch, and those that its reader has not taken. */
  private record Member(BatchedRows sampled, UnreadRows unread) {}

  /** Makes an engine that closes the sampler when it is closed. */
  BatchingEngine(String name, Sampler sampler) {
    this(name, sampler, MOST_IMAGES, RowBatch::next);
  }

  /** Makes an engine for a test, with another limit and another way to sample a row. */
  BatchingEngine(String name, Sampler sampler, int mostImages, Step step) {
    this.sampler = sampler;
    this.step = step;
    this.mostImages = mostImages;
    batch = sampler.rowBatch();
    thread = new ModelThread(name);
  }

  @Override
  public SampledRows rows(SampleRequest request) {
    UnreadRows unread = new UnreadRows(this::queueStep);
    synchronized (this) {
      if (closed) {
        throw ModelThread.stopping();
      }
      members.add(new Member(batch.join(request), unread));
    }
    return unread;
  }

  @Override
  public <T> CompletableFuture<T> call(Function<Sampler, T> call) {
    return thread.queue(() -> call.apply(sampler));
  }

  /** Queues a step behind the calls that wait, unless one is queued. */
  private synchronized void queueStep() {
    boolean needed = members.stream().anyMatch(m -> m.unread.hasRoom() || m.unread.hasEnded());
    if (!closed && !stepQueued && needed) {
      stepQueued = true;
      try {
        thread.execute(this::step);
      } catch (RejectedExecutionException e) {
        stepQueued = false; // close() answers the readers.
      }
    }
  }

  private void step() {
    List<Member> chosen = choose();
    sample(chosen);
    queueStep();
  }

  /** Chooses the requests of the next step, and drops those that have ended. */
  private synchronized List<Member> choose() {
    stepQueued = false;
    List<Member> ended = members.stream().filter(member -> member.unread.hasEnded()).toList();
    ended.forEach(member -> member.sampled.leave());
    members.removeAll(ended);
    List<Member> chosen = new ArrayList<>();
    long images = 0;
    boolean starts = false;
    for (Member member : members) {
      // The small images of a multi-scale model take long: all others wait for one at most.
      boolean first = sampler.small().isPresent() && !member.sampled.hasRow();
      boolean fits = chosen.isEmpty() || images + member.sampled.count() <= mostImages;
      if (member.unread.hasRoom() && fits && !(first && starts)) {
        chosen.add(member);
        images += member.sampled.count();
        starts |= first;
      }
    }
    members.removeAll(chosen);
    members.addAll(chosen);
    return chosen;
  }

  private void sample(List<Member> chosen) {
    List<BatchedRows> sampled;
    try {
      sampled = step.next(batch, chosen.stream().map(Member::sampled).toList());
    } catch (RuntimeException | Error e) {
      if (chosen.size() > 1) {
        // Others of the same step may be all right.
        chosen.forEach(member -> sample(List.of(member)));
      } else {
        chosen.forEach(member -> member.unread.fail(e));
      }
      return;
    }
    for (Member member : chosen) {
      if (sampled.contains(member.sampled)) { // After close() nothing is sampled.
        member.unread.add(member.sampled.levels(), member.sampled.isDone());
      }
    }
  }

  @Override
  public void close() {
    List<Member> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(members);
      members.clear();
    }
    left.forEach(member -> member.unread.fail(ModelThread.stopping()));
    thread.close();
    batch.close();
    sampler.close();
  }
}
