package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;

/** Calls leave nothing behind outside Java's heap, where no collector would find it. */
class SamplerMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int BATCH = 300;

  @AutoClose private static final TinySamplers SAMPLERS = new TinySamplers();

  @Test
  void aThousandCallsNeedNoMoreThanAHundred() throws IOException {
    assumeTrue(Files.exists(STATUS), "Linux only");
    Sampler sampler = SAMPLERS.of(TinyNetworks.all().get(0));
    call(sampler, 100);
    long before = residentKilobytes();
    call(sampler, 1000);
    long grown = residentKilobytes() - before;
    // The smallest tensor that every call makes is the images, 3 kB;
    // the states of rows would be 30 MB in all.
    assertTrue(grown < 8_000, grown + " kB more after 1000 calls");
  }

  private static void call(Sampler sampler, int times) {
    Images images = sampler.sample(BATCH, 1, 1);
    for (int i = 0; i < times; i++) {
      switch (i % 4) {
        case 0 -> sampler.sample(BATCH, i, 1);
        case 1 -> sampler.sample(BATCH, i, 1, (row, levels) -> {});
        case 2 -> sampler.complete(images, new boolean[9], i, 1);
        default -> sampler.logProb(images);
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
