package org.pixelrnn.train;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.pixelrnn.image.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures that training makes for people to look at. If one cannot be made or written, a warning
 * says so, and training goes on without it.
 */
final class SparePicture {
  private static final Logger log = LoggerFactory.getLogger(SparePicture.class);

  private SparePicture() {}

  /** Makes something for a picture; empty if that fails. */
  static <T> Optional<T> of(Supplier<T> made) {
    try {
      return Optional.of(made.get());
    } catch (InputException e) {
      log.warn("{}; training goes on", e.getMessage());
    } catch (CancellationException e) {
      // The run was asked to stop, which needs no warning.
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      // A LinkageError: Java's classes for pictures need libraries that a small system may lack.
      String why = e.toString().replaceAll("\\s+", " ");
      log.warn("the picture of samples cannot be made: {}; training goes on", why);
    }
    return Optional.empty();
  }

  /** Writes a picture if it can be written. */
  static void write(Runnable writing) {
    of(
        () -> {
          writing.run();
          return true;
        });
  }
}
