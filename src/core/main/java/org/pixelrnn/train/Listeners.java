package org.pixelrnn.train;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.function.Consumer;

/** All listeners of a run, in their order. */
final class Listeners {
  private final ImmutableList<TrainingListener> all;

  /** How many of them have heard that the present stage began. */
  private int heard;

  Listeners(ImmutableList<TrainingListener> all) {
    this.all = all;
  }

  /** Holds what a listener has thrown, to tell it from a failure of training itself. */
  static final class ListenerFailedException extends RuntimeException {
    private ListenerFailedException(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Tells every listener that a stage begins.
   *
   * @throws ListenerFailedException as {@link #tell}
   */
  void tellBegan(Training training, TrainingEvent.Began event) {
    heard = 0;
    tell(
        listener -> {
          heard++;
          listener.began(training, event);
        });
  }

  /**
   * Tells every listener of an event.
   *
   * @throws ListenerFailedException if one of them throws anything; those after it do not hear of
   *     the event
   */
  @SuppressWarnings("CatchingThrowable")
  void tell(Consumer<TrainingListener> event) {
    for (TrainingListener listener : all) {
      try {
        event.accept(listener);
      } catch (Throwable e) {
        throw new ListenerFailedException(e);
      }
    }
  }

  /**
   * Tells every listener that has heard of the stage's beginning that the stage has ended, even if
   * one of them throws.
   *
   * @return what the first one to throw has thrown; what others throw is suppressed in it
   */
  @SuppressWarnings("CatchingThrowable")
  Optional<Throwable> tellEnded(TrainingEvent.Ended event) {
    Throwable first = null;
    for (TrainingListener listener : all.subList(0, heard)) {
      try {
        listener.ended(event);
      } catch (Throwable e) {
        first = join(first, e);
      }
    }
    return Optional.ofNullable(first);
  }

  /** The first of two failures, one of which may be null; the second is suppressed in it. */
  static Throwable join(Throwable first, Throwable second) {
    if (first == null) {
      return second;
    }
    // A throwable cannot suppress itself: a listener may throw the same one twice.
    if (second != null && second != first) {
      first.addSuppressed(second);
    }
    return first;
  }
}
