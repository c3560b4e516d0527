package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.PixelCnn;
import org.pixelrnn.proto.v1.TrainingConfig;

/**
 * Neither the memory of the process nor the number of native objects grows with the steps. Memory
 * is read after a garbage collection, which would also free native objects that training forgot to
 * free. Hence these are counted too, from epoch to epoch.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class MemoryTest {

  /** Both are ends of epochs, where the listener is called. */
  private static final int EARLY = 84 * SmallRun.STEPS_PER_EPOCH;

  private static final int LATE = 3000;

  @TempDir private Path folder;

  @Test
  void threeThousandStepsHoldNoMoreThanFiveHundred() throws IOException {
    SmallRun run =
        SmallRun.of(
                ModelConfig.newBuilder().setPixelCnn(PixelCnn.getDefaultInstance()),
                TrainingConfig.newBuilder().setAdam(Adam.getDefaultInstance()).setSteps(LATE))
            .withThreads(2);
    Map<Integer, Long> resident = new HashMap<>();
    List<Long> alive = new ArrayList<>();
    run.train(
        folder,
        LATE,
        new TrainingListener() {
          @Override
          public void validated(TrainingEvent.Validated event) {
            alive.add(Pointer.totalCount());
            if (event.step() == EARLY || event.step() == LATE) {
              resident.put((int) event.step(), anonymousKilobytes());
            }
          }
        });
    // Session.save leaves one object an epoch to the collector. One a step would be our mistake.
    int growing = 0;
    for (int epoch = 1; epoch < alive.size(); epoch++) {
      growing += alive.get(epoch) - alive.get(epoch - 1) >= SmallRun.STEPS_PER_EPOCH ? 1 : 0;
    }
    assertTrue(alive.size() >= LATE / SmallRun.STEPS_PER_EPOCH, alive.size() + " epochs");
    assertTrue(
        growing < alive.size() / 20, "more native objects after " + growing + " of the epochs");
    // 20 kB a step.
    assertTrue(resident.get(LATE) < resident.get(EARLY) + 50_000, "kB by steps taken: " + resident);
  }

  /** Without the pages of files, which the system drops and reads again. */
  private static long anonymousKilobytes() {
    System.gc();
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
