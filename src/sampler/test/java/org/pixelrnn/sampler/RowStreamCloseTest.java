package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.Images;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/** A stream ends at any time, by any thread and after any failure, and leaves nothing behind. */
@Timeout(120)
class RowStreamCloseTest {
  /** The least time of a row during which another thread calls. */
  private static final Duration LONG = Duration.ofMillis(150);

  @TempDir private Path folder;
  @AutoClose private static final TinyModels MODELS = new TinyModels();

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void anotherThreadClosesTheStreamWhileARowIsSampled(String name) throws Exception {
    Sampler sampler = MODELS.of(name);
    int count = countOfLongRows(sampler);
    NativeObjects before = NativeObjects.count();
    RowStream rows = sampler.rows(SampleRequest.of(count, 1));
    assertTrue(rows.next());
    CompletableFuture<Boolean> next = CompletableFuture.supplyAsync(rows::next);
    assertThrows(
        TimeoutException.class, () -> next.get(LONG.toMillis() / 8, TimeUnit.MILLISECONDS));
    rows.close();
    assertFalse(next.isDone(), "close() waited for the row");
    assertFalse(next.get());
    before.assertNoneIsLeft();
    assertEquals(0, rows.row());
    assertFalse(rows.next());
  }

  @Test
  void aSecondThreadInNextIsRefused() throws Exception {
    Sampler sampler = MODELS.of("pixelcnn");
    try (RowStream rows = sampler.rows(SampleRequest.of(countOfLongRows(sampler), 1))) {
      CompletableFuture<Boolean> next = CompletableFuture.supplyAsync(rows::next);
      assertThrows(
          TimeoutException.class, () -> next.get(LONG.toMillis() / 8, TimeUnit.MILLISECONDS));
      assertThrows(IllegalStateException.class, rows::next);
      assertTrue(next.get());
    }
  }

  /** The rows that were sampled before the stream was closed are those of the whole images. */
  @Test
  void closingAtAnyTimeIsSafe() throws InterruptedException, ExecutionException {
    Sampler sampler = MODELS.of("multi-scale");
    Images whole = sampler.sample(20, 1, 1);
    NativeObjects before = NativeObjects.count();
    for (int i = 0; i < 100; i++) {
      RowStream rows = sampler.rows(SampleRequest.of(20, 1));
      CompletableFuture<Integer> sampled =
          CompletableFuture.supplyAsync(
              () -> {
                int count = 0;
                while (rows.next()) {
                  count++;
                }
                return count;
              });
      TimeUnit.MICROSECONDS.sleep(150L * i);
      rows.close();
      assertArrayEquals(firstRows(whole, sampled.get()), rows.images().levels());
    }
    before.assertNoneIsLeft();
  }

  /** The levels of images whose rows from {@code count} on are black. */
  private static byte[] firstRows(Images images, int count) {
    byte[] levels = images.levels().clone();
    int height = images.shape().height();
    int size = images.shape().width() * images.shape().channels();
    for (int row = 0; row < images.count() * height; row++) {
      if (row % height >= count) {
        Arrays.fill(levels, row * size, (row + 1) * size, (byte) 0);
      }
    }
    return levels;
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "next_row"})
  void aCallThatFailsClosesTheStream(String signature) throws InterruptedException, IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    exchangeCountAndRow(version, signature);
    try (Sampler sampler = Sampler.open(version)) {
      sampler.sample(2, 1, 1);
      NativeObjects before = NativeObjects.count();
      RowStream rows = sampler.rows(SampleRequest.of(2, 1));
      String message = assertThrows(NotAModelException.class, rows::next).getMessage();
      assertTrue(message.contains("You must feed a value for placeholder"), message);
      before.assertNoneIsLeft();
      assertFalse(rows.next());
      assertThrows(IllegalStateException.class, rows::row);
    }
  }

  /** Makes a signature feed {@code row} instead of {@code count}, or the other way round. */
  private static void exchangeCountAndRow(Path version, String signature) throws IOException {
    Path file = version.resolve("saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder graph = model.getMetaGraphsBuilder(0);
    SignatureDef start = graph.getSignatureDefOrThrow("start");
    SignatureDef nextRow = graph.getSignatureDefOrThrow("next_row");
    SignatureDef broken =
        signature.equals("start")
            ? start.toBuilder().putInputs("count", nextRow.getInputsOrThrow("row")).build()
            : nextRow.toBuilder().putInputs("row", start.getInputsOrThrow("count")).build();
    graph.putSignatureDef(signature, broken);
    Files.write(file, model.build().toByteArray());
  }

  /**
   * Finds how many images make a row that takes {@link #LONG} or more. Other processes may make one
   * row long, so that two are measured.
   */
  private static int countOfLongRows(Sampler sampler) {
    int count = 256;
    for (int longRows = 0; longRows < 2; ) {
      if (nanosecondsOfRowOne(sampler, count) > LONG.toNanos()) {
        longRows++;
      } else {
        longRows = 0;
        count *= 2;
      }
    }
    return count;
  }

  private static long nanosecondsOfRowOne(Sampler sampler, int count) {
    try (RowStream rows = sampler.rows(SampleRequest.of(count, 1))) {
      assertTrue(rows.next());
      long begin = System.nanoTime();
      assertTrue(rows.next());
      return System.nanoTime() - begin;
    }
  }
}
