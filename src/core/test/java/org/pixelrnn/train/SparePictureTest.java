package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.tensorflow.exceptions.TensorFlowException;

/** A picture that cannot be made or written does not end the run. */
class SparePictureTest {
  static Stream<Throwable> failures() {
    return Stream.of(
        new InputException("image samples.png: cannot be written: the folder is not empty"),
        new IllegalStateException("Shutdown in progress"),
        new IllegalStateException(),
        new UncheckedIOException(new IOException("Can't create cache file!")),
        new TensorFlowException("OOM when allocating tensor"),
        new OutOfMemoryError("Java heap space"),
        new NoClassDefFoundError("Could not initialize class java.awt.image.ColorModel"),
        new UnsatisfiedLinkError("no awt in java.library.path"),
        new ExceptionInInitializerError(new IllegalStateException("Shutdown in progress")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aPictureThatFailsIsNone(Throwable failure) {
    assertEquals(Optional.empty(), SparePicture.of(() -> fail(failure)));
    SparePicture.write(() -> fail(failure));
  }

  private static Images fail(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  @Test
  void aDefectIsNotHidden() {
    AssertionError defect = new AssertionError();
    assertEquals(
        defect, assertThrows(AssertionError.class, () -> SparePicture.of(() -> fail(defect))));
  }

  @Test
  void aPictureThatSucceedsIsGiven() {
    assertEquals(Optional.of("picture"), SparePicture.of(() -> "picture"));
  }
}
