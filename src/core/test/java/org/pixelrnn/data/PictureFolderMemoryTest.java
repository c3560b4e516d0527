package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.DataConfig;

/** A whole epoch of 20,000 pictures needs no more memory than its first few batches. */
@Tag("slow")
class PictureFolderMemoryTest {
  private static final int PICTURES = 20_000;
  private static final int SIDE = 96;
  private static final int BATCH = 64;

  @TempDir private Path folder;

  @Test
  void anEpochNeedsNoMoreMemoryThanItsFirstBatches() throws IOException {
    IntStream.range(0, PICTURES).parallel().forEach(this::write);
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    DataConfig config = DataConfig.newBuilder().setRandomCrop(0.7).setHorizontalFlip(true).build();
    try (ImageDataset data = Datasets.open("folder:" + folder, config, shape)) {
      TrainingBatches batches = new TrainingBatches(data, shape, config, BATCH, 1);
      long steps = batches.stepsPerEpoch();
      // In the model's shape all pictures are 56 MB, and as files 550 MB.
      assertTrue(steps > 0.85 * PICTURES / BATCH, steps + " steps");
      try (Prefetch ahead = new Prefetch(batches::batch, 0, 4)) {
        long early = 0;
        for (long step = 0; step < steps; step++) {
          assertEquals(BATCH, ahead.next().count());
          if (step == 20) {
            early = usedMemory();
          }
        }
        long late = usedMemory();
        assertTrue(late - early < 20_000_000, early + " bytes early, " + late + " late");
      }
    }
  }

  /** The used memory: the least of several readings, because other threads allocate too. */
  private static long usedMemory() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int reading = 0; reading < 5; reading++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private void write(int number) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, (i * 2654435 ^ number * 40503) & 0xf0f0f0);
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      Path file = folder.resolve(number / 1000 + "/" + number + ".png");
      Files.createDirectories(file.getParent());
      Files.write(file, out.toByteArray());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
