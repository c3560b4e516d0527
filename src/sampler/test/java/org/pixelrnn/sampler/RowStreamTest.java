package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

/** A stream gives the rows of {@link Sampler#sample}, one for each call of {@code next}. */
class RowStreamTest {
  private static final int COUNT = 5;

  @AutoClose private static final TinyModels MODELS = new TinyModels();

  /** New images, completed images and, of a multi-scale model, enlarged images. */
  private static Stream<SampleRequest> requests(Sampler sampler) {
    Images images = sampler.sample(COUNT, 3, 1);
    boolean[] known = new boolean[COUNT * sampler.shape().pixels()];
    for (int i = 0; i < known.length; i += 4) {
      known[i] = true;
    }
    return Stream.concat(
        Stream.of(
            SampleRequest.of(COUNT, 7),
            SampleRequest.of(COUNT, 7).withTemperature(0.5f),
            SampleRequest.of(0, 7),
            SampleRequest.completing(images, known, 7)),
        sampler.small().stream().map(small -> SampleRequest.upscaling(small.of(images), 8)));
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void allRowsAreThoseOfSample(String name) {
    Sampler sampler = MODELS.of(name);
    requests(sampler)
        .forEach(
            request -> {
              KnownPixels expected =
                  KnownPixels.of(
                      sampler.sample(request),
                      new boolean[request.count() * sampler.shape().pixels()]);
              try (RowStream rows = sampler.rows(request)) {
                assertEquals(sampler.shape(), rows.shape());
                assertEquals(request.count(), rows.count());
                for (int row = 0; row < sampler.shape().height(); row++) {
                  assertTrue(rows.next());
                  assertEquals(row, rows.row());
                  assertArrayEquals(expected.levelsOfRow(row), rows.levels(), request.toString());
                }
                assertFalse(rows.next());
                assertEquals(expected.images(), rows.images());
              }
            });
  }

  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void theImagesSoFarHoldTheRowsUpToThePresentOne(String name) {
    Sampler sampler = MODELS.of(name);
    ImageShape shape = sampler.shape();
    Images whole = sampler.sample(1, 1, 1);
    try (RowStream rows = sampler.rows(SampleRequest.of(1, 1))) {
      byte[] expected = new byte[shape.dimensions()];
      assertArrayEquals(expected, rows.images().levels());
      while (rows.next()) {
        int size = shape.width() * shape.channels();
        System.arraycopy(whole.levels(), rows.row() * size, expected, rows.row() * size, size);
        assertArrayEquals(expected, rows.images().levels());
      }
    }
  }

  /** The state goes from row to row; a stream that nobody asks for a row has none. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void theModelRunsOnlyInsideNext(String name) throws InterruptedException {
    Sampler sampler = MODELS.of(name);
    sampler.sample(1, 1, 1, (row, levels) -> {});
    NativeObjects before = NativeObjects.count();
    try (RowStream rows = sampler.rows(SampleRequest.of(COUNT, 1))) {
      before.assertNoneIsLeft();
      assertThrows(IllegalStateException.class, rows::row);
      assertThrows(IllegalStateException.class, rows::levels);
      assertTrue(rows.next());
      before.assertSomeAreAlive();
    }
    before.assertNoneIsLeft();
  }

  @Test
  void theLastRowFreesTheState() throws InterruptedException {
    Sampler sampler = MODELS.of("row-lstm");
    sampler.sample(1, 1, 1, (row, levels) -> {});
    NativeObjects before = NativeObjects.count();
    RowStream rows = sampler.rows(SampleRequest.of(COUNT, 1));
    for (int row = 0; row < rows.shape().height(); row++) {
      assertTrue(rows.next());
    }
    before.assertNoneIsLeft();
    rows.close();
  }

  @Test
  void aClosedStreamHasNoFurtherRow() {
    Sampler sampler = MODELS.of("pixelcnn");
    RowStream rows = sampler.rows(SampleRequest.of(COUNT, 1));
    assertTrue(rows.next());
    byte[] levels = rows.levels();
    rows.close();
    rows.close();
    assertFalse(rows.next());
    assertEquals(0, rows.row());
    assertSame(levels, rows.levels());
    RowStream never = sampler.rows(SampleRequest.of(COUNT, 1));
    never.close();
    assertFalse(never.next());
  }

  @Test
  void aConsumerThatThrowsLeavesNothingBehind() throws InterruptedException {
    Sampler sampler = MODELS.of("diagonal-bilstm-colour");
    sampler.sample(1, 1, 1, (row, levels) -> {});
    RuntimeException thrown = new IllegalArgumentException("enough");
    NativeObjects before = NativeObjects.count();
    assertSame(
        thrown,
        assertThrows(
            RuntimeException.class,
            () -> {
              try (RowStream rows = sampler.rows(SampleRequest.of(COUNT, 1))) {
                assertTrue(rows.next());
                throw thrown;
              }
            }));
    before.assertNoneIsLeft();
    RowListener listener =
        (row, levels) -> {
          throw thrown;
        };
    // Many times: the garbage collector could free one forgotten state.
    for (int i = 0; i < 20; i++) {
      assertSame(
          thrown,
          assertThrows(RuntimeException.class, () -> sampler.sample(COUNT, 1, 1, listener)));
    }
    before.assertNoneIsLeft();
  }

  @Test
  void theCallerMayChangeTheLevels() {
    Sampler sampler = MODELS.of("pixelcnn");
    try (RowStream rows = sampler.rows(SampleRequest.of(COUNT, 1))) {
      while (rows.next()) {
        Arrays.fill(rows.levels(), (byte) 0);
        Arrays.fill(rows.images().levels(), (byte) 0);
      }
      assertEquals(sampler.sample(COUNT, 1, 1), rows.images());
    }
  }
}
