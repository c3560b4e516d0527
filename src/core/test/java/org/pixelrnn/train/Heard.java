package org.pixelrnn.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Keeps the events that it hears, and may act on each one. */
final class Heard implements TrainingListener {
  /** What a listener does on an event. */
  interface Action {
    void on(Training training, TrainingEvent event) throws Exception;
  }

  private final Action action;
  private final List<TrainingEvent> events = new ArrayList<>();
  private Training training;

  private Heard(Action action) {
    this.action = action;
  }

  /** A listener that only hears. */
  static Heard only() {
    return new Heard((training, event) -> {});
  }

  /** A listener that acts on each event. */
  static Heard acting(Action action) {
    return new Heard(action);
  }

  /** A listener that acts on the first event of a type, at a step or later. */
  static Heard actingAt(Class<? extends TrainingEvent> type, long step, Consumer<Training> action) {
    boolean[] done = new boolean[1];
    return new Heard(
        (training, event) -> {
          if (!done[0] && type.isInstance(event) && step(event) >= step) {
            done[0] = true;
            action.accept(training);
          }
        });
  }

  List<TrainingEvent> events() {
    return events;
  }

  <T> List<T> events(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Each event in a few words, for instance {@code SMALL CheckpointSaved 6}. */
  List<String> words() {
    return events.stream().map(Heard::words).toList();
  }

  static long step(TrainingEvent event) {
    if (event instanceof TrainingEvent.Began began) {
      return began.firstStep();
    } else if (event instanceof TrainingEvent.StepTaken taken) {
      return taken.step();
    } else if (event instanceof TrainingEvent.CheckpointSaved saved) {
      return saved.step();
    } else if (event instanceof TrainingEvent.Validating validating) {
      return validating.step();
    } else if (event instanceof TrainingEvent.Validated validated) {
      return validated.step();
    }
    return ((TrainingEvent.Ended) event).step();
  }

  private static String words(TrainingEvent event) {
    String what = event.getClass().getSimpleName();
    String why = event instanceof TrainingEvent.Ended ended ? " " + ended.why() : "";
    return event.stage() + " " + what + " " + step(event) + why;
  }

  @Override
  public void began(Training run, TrainingEvent.Began event) {
    training = run;
    hear(event);
  }

  @Override
  public void stepTaken(TrainingEvent.StepTaken event) {
    hear(event);
  }

  @Override
  public void checkpointSaved(TrainingEvent.CheckpointSaved event) {
    hear(event);
  }

  /** Not kept: a validation has as many of these as it has batches. */
  @Override
  public void validating(TrainingEvent.Validating event) {
    act(event);
  }

  @Override
  public void validated(TrainingEvent.Validated event) {
    hear(event);
  }

  @Override
  public void ended(TrainingEvent.Ended event) {
    hear(event);
  }

  private void hear(TrainingEvent event) {
    events.add(event);
    act(event);
  }

  private void act(TrainingEvent event) {
    try {
      action.on(training, event);
    } catch (Exception e) {
      Heard.<RuntimeException>throwUnchecked(e);
    }
  }

  /** Throws a checked exception as other JVM languages do, without declaring it. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void throwUnchecked(Exception e) throws E {
    throw (E) e;
  }
}
