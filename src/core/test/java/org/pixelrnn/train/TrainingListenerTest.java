package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pixelrnn.train.TrainingEvent.Began;
import org.pixelrnn.train.TrainingEvent.CheckpointSaved;
import org.pixelrnn.train.TrainingEvent.Ended;
import org.pixelrnn.train.TrainingEvent.StepTaken;
import org.pixelrnn.train.TrainingEvent.Validated;

/** A listener may do anything in any of its methods. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TrainingListenerTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();

  /** The five methods, and the step at which the listener does something. */
  enum Method {
    BEGAN(Began.class, 0),
    STEP_TAKEN(StepTaken.class, 3),
    CHECKPOINT_SAVED(CheckpointSaved.class, 6),
    VALIDATED(Validated.class, 6),
    ENDED(Ended.class, 8);

    private final Class<? extends TrainingEvent> event;
    private final long step;

    Method(Class<? extends TrainingEvent> event, long step) {
      this.event = event;
      this.step = step;
    }

    boolean isCalledWith(TrainingEvent heard) {
      return event.isInstance(heard) && Heard.step(heard) >= step;
    }
  }

  private static Uninterrupted uninterrupted;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    uninterrupted = Uninterrupted.of(RUN, 8);
  }

  @ParameterizedTest
  @EnumSource
  void anExceptionStopsTheRunWithACheckpoint(Method method) throws IOException {
    RuntimeException thrown = new IllegalStateException("of the listener");
    Heard before = Heard.only();
    Heard throwing = Heard.acting((training, event) -> throwIn(method, event, thrown));
    Heard after = Heard.only();
    RuntimeException caught =
        assertThrows(RuntimeException.class, () -> RUN.train(folder, 8, before, throwing, after));
    assertSame(thrown, caught);
    EndReason why = method == Method.ENDED ? EndReason.STEP_LIMIT : EndReason.FAILED;
    String ended = "WHOLE Ended " + method.step + " " + why;
    assertEquals(ended, last(before.words()));
    assertEquals(ended, last(throwing.words()));
    if (method == Method.BEGAN) {
      assertEquals(List.of(), after.words(), "has not heard that the stage began");
    } else {
      assertEquals(ended, last(after.words()));
    }
    Ended event = (Ended) last(before.events());
    assertEquals(method != Method.ENDED, event.failure().filter(f -> f == thrown).isPresent());
    assertSaved(method.step);
    uninterrupted.assertSameWhenResumed(folder);
  }

  @Test
  void anErrorAndACheckedExceptionStopTheRunToo() throws IOException {
    AssertionError error = new AssertionError("of the listener");
    assertSame(
        error, assertThrows(AssertionError.class, () -> RUN.train(folder, 8, throwing(2, error))));
    assertSaved(2);
    IOException checked = new IOException("of the listener");
    UndeclaredThrowableException wrapped =
        assertThrows(
            UndeclaredThrowableException.class, () -> RUN.train(folder, 8, throwing(4, checked)));
    assertSame(checked, wrapped.getCause());
    assertSaved(4);
    uninterrupted.assertSameWhenResumed(folder);
  }

  @Test
  void whatIsThrownAtTheEndIsAddedToWhatWasThrownBefore() {
    RuntimeException first = new IllegalStateException("at a step");
    RuntimeException second = new IllegalStateException("at the end");
    Heard one = Heard.acting((training, event) -> throwIn(Method.STEP_TAKEN, event, first));
    Heard two =
        Heard.acting(
            (training, event) -> {
              if (event instanceof Ended) {
                throw second;
              }
            });
    Heard three =
        Heard.acting(
            (training, event) -> {
              if (event instanceof Ended) {
                // Again, as a listener does that keeps its failure.
                throw first;
              }
            });
    RuntimeException caught =
        assertThrows(RuntimeException.class, () -> RUN.train(folder, 8, two, one, three));
    assertSame(first, caught);
    assertEquals(List.of(second), List.of(caught.getSuppressed()));
  }

  @ParameterizedTest
  @EnumSource
  void aListenerMayInterruptItsOwnThread(Method method) throws IOException {
    Heard interrupting =
        Heard.acting(
            (training, event) -> {
              if (method.isCalledWith(event)) {
                Thread.currentThread().interrupt();
              }
            });
    TrainingResult result = RUN.train(folder, 8, interrupting, Heard.only());
    assertFalse(Thread.interrupted(), "the calling thread was not interrupted");
    assertEquals(method != Method.ENDED, result.stopped());
    assertSaved(method.step);
    uninterrupted.assertSameWhenResumed(folder);
  }

  /** The reason and the last step if a listener stops the run or ends the stage. */
  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "BEGAN,            true,  0, STOPPED",
    "STEP_TAKEN,       true,  3, STOPPED",
    "CHECKPOINT_SAVED, true,  6, STOPPED",
    "VALIDATED,        true,  6, STOPPED",
    "ENDED,            true,  8, STEP_LIMIT",
    "BEGAN,            false, 0, ENDED_EARLY",
    "STEP_TAKEN,       false, 3, ENDED_EARLY",
    "CHECKPOINT_SAVED, false, 6, ENDED_EARLY",
    "VALIDATED,        false, 6, ENDED_EARLY",
    "ENDED,            false, 8, STEP_LIMIT",
  })
  void aListenerMayStopTheRunOrEndTheStage(Method method, boolean stops, long step, EndReason why)
      throws IOException {
    Heard asking =
        Heard.acting(
            (training, event) -> {
              if (method.isCalledWith(event) && stops) {
                training.stop();
              } else if (method.isCalledWith(event)) {
                training.endStage();
              }
            });
    TrainingResult result = RUN.train(folder, 8, asking);
    assertEquals(step, result.steps());
    assertEquals(why, result.stages().get(0).why());
    assertEquals(why == EndReason.STOPPED, result.stopped());
    assertEquals(
        (!stops && step > 0) || method.compareTo(Method.VALIDATED) >= 0,
        result.validation().isPresent());
    assertSaved(step);
    uninterrupted.assertSameWhenResumed(folder);
  }

  @Test
  void aListenerCannotCloseOrRunItsTraining() throws IOException {
    Heard closing = Heard.actingAt(StepTaken.class, 3, Training::close);
    assertThrows(IllegalStateException.class, () -> RUN.train(folder, 8, closing));
    assertSaved(3);
    Heard running = Heard.actingAt(StepTaken.class, 4, Training::run);
    assertThrows(IllegalStateException.class, () -> RUN.train(folder, 8, running));
    assertSaved(4);
    uninterrupted.assertSameWhenResumed(folder);
  }

  private static void throwIn(Method method, TrainingEvent event, RuntimeException thrown) {
    if (method.isCalledWith(event)) {
      throw thrown;
    }
  }

  private static Heard throwing(long step, Throwable thrown) {
    return Heard.acting(
        (training, event) -> {
          if (event instanceof StepTaken && Heard.step(event) == step) {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (Exception) thrown;
          }
        });
  }

  private void assertSaved(long step) throws IOException {
    assertEquals(
        step,
        RunDirectory.open(folder)
            .checkpoints()
            .last()
            .map(stored -> stored.manifest().getStep())
            .orElse(0L));
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }
}
