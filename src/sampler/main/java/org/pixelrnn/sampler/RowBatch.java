package org.pixelrnn.sampler;

import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;

/**
 * Several requests that share the work: each {@link #next()} samples one row of every request. A
 * request joins before any row and leaves after its last one, so the rows are at different heights:
 *
 * <pre>
 *   call of next()    1    2    3    4    5
 *   request A        A0   A1   A2   A3
 *   request B                  B0   B1   B2   …
 * </pre>
 *
 * <p>Each request gets the images that its seed gives alone.
 *
 * <pre>{@code
 * try (RowBatch batch = sampler.rowBatch()) {
 *   BatchedRows first = batch.join(SampleRequest.of(1, 7));
 *   BatchedRows second = batch.join(SampleRequest.of(4, 8));
 *   while (!batch.isEmpty()) {
 *     for (BatchedRows rows : batch.next()) {
 *       show(rows.row(), rows.levels());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>{@link #next(Collection)} samples a row of some requests only. The others wait, and keep their
 * state.
 *
 * <p>Only one thread at a time calls {@code next}. Any thread may call the other methods at any
 * time.
 */
public final class RowBatch implements AutoCloseable {
  private final LoadedModel model;
  private final int noiseBlock;

  /**
   * The requests that have a state. While {@code busy} is true, the groups belong to the thread in
   * next(), otherwise to any thread that holds the lock.
   */
  private final List<RowGroup> groups = new ArrayList<>();

  // The fields below are guarded by this object's lock.
  private final Set<BatchedRows> joined = new LinkedHashSet<>();
  private boolean busy;
  private boolean closed;

  /**
   * Makes an empty batch.
   *
   * @param model a model with {@code next_row_with_noise}
   */
  RowBatch(LoadedModel model) {
    this.model = model;
    noiseBlock = model.signatures().noiseBlock().orElseThrow();
  }

  /**
   * Lets a request join. This method does not call the model yet: {@link #next()} does. Before the
   * first row it also samples the small images of a multi-scale model, unless the request gives
   * them.
   *
   * @return the request's rows
   * @throws InputException as {@link Sampler#sample(SampleRequest)} does
   * @throws IllegalStateException if this or the sampler is closed
   */
  public BatchedRows join(SampleRequest request) {
    ImageShape shape = model.shape();
    request.checkedFor(shape, model.signatures().smallShape());
    model.requireOpen();
    BatchedRows rows =
        new BatchedRows(request, shape, new UniformNoise(shape, noiseBlock, request.seed()));
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("this batch is closed");
      }
      joined.add(rows);
    }
    return rows;
  }

  /** True if no request has a row to be sampled. */
  public synchronized boolean isEmpty() {
    return joined.stream().allMatch(BatchedRows::isOver);
  }

  /**
   * Samples one row of every request.
   *
   * @return the requests that have a new row; none if no request is left, or if this was closed
   * @throws IllegalStateException if another thread samples a row, or if the sampler is closed
   * @throws InputException if the model fails: the rows and states are as before, so that the
   *     requests may be sampled again, one by one for instance
   */
  public List<BatchedRows> next() {
    return sample(Optional.empty());
  }

  /**
   * Samples one row of some requests, and frees the states of those that are over. The exceptions
   * are those of {@link #next()}.
   *
   * @param wanted requests that joined this batch; those that are over get no row
   * @return the requests that have a new row; none if no request is left, or if this was closed
   */
  public List<BatchedRows> next(Collection<BatchedRows> wanted) {
    return sample(Optional.of(wanted));
  }

  private List<BatchedRows> sample(Optional<Collection<BatchedRows>> wanted) {
    Set<BatchedRows> chosen;
    synchronized (this) {
      if (busy) {
        throw new IllegalStateException("another thread samples a row of this batch");
      }
      joined.removeIf(BatchedRows::isOver);
      chosen = new LinkedHashSet<>(joined);
      wanted.ifPresent(chosen::retainAll);
      busy = true;
    }
    try {
      return model.during(() -> sampleTogether(chosen));
    } finally {
      end();
    }
  }

  /**
   * Frees the states. It never waits: if another thread samples a row, that row is still sampled,
   * and the states are freed then. Calls after the first do nothing.
   */
  @Override
  public synchronized void close() {
    closed = true;
    joined.clear();
    if (!busy) {
      free();
    }
  }

  private synchronized void end() {
    busy = false;
    if (closed) {
      free();
    }
  }

  private void free() {
    groups.forEach(RowGroup::close);
    groups.clear();
  }

  private List<BatchedRows> sampleTogether(Set<BatchedRows> chosen) {
    start(chosen);
    Optional<RowGroup> together = gather(chosen);
    together.ifPresent(
        group -> {
          group.sampleRow(model);
          if (group.live().isEmpty()) {
            groups.remove(group);
            group.close();
          }
        });
    return together.map(RowGroup::members).orElse(List.of());
  }

  /** Makes the states of the requests that have none yet. */
  private void start(Set<BatchedRows> chosen) {
    Set<BatchedRows> started = new HashSet<>();
    groups.forEach(group -> started.addAll(group.members()));
    for (BatchedRows rows : Sets.difference(chosen, started).immutableCopy()) {
      Optional<Images> small = model.smallImages(rows.request());
      BatchState start = BatchState.of(model.start(rows.count(), small));
      groups.add(RowGroup.of(rows, start));
    }
  }

  /** Puts the chosen requests into one group, and drops the states that nobody needs any more. */
  private Optional<RowGroup> gather(Set<BatchedRows> chosen) {
    Optional<RowGroup> together =
        groups.stream().filter(group -> chosen.equals(Set.copyOf(group.members()))).findFirst();
    if (together.isEmpty() && !chosen.isEmpty()) {
      together = Optional.of(RowGroup.of(chosen, groups));
      groups.add(together.get());
    }
    for (RowGroup group : List.copyOf(groups)) {
      if (together.isEmpty() || group != together.get()) {
        drop(group, chosen);
      }
    }
    return together;
  }

  /** Reduces a group to the requests that wait. */
  private void drop(RowGroup group, Set<BatchedRows> chosen) {
    Set<BatchedRows> waiting = group.live();
    waiting.removeAll(chosen);
    if (waiting.size() == group.members().size()) {
      return;
    }
    if (!waiting.isEmpty()) {
      groups.add(RowGroup.of(waiting, List.of(group)));
    }
    groups.remove(group);
    group.close();
  }
}
