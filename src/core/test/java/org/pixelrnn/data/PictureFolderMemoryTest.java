package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Photographs;
import org.pixelrnn.image.PictureBytes;
import org.pixelrnn.proto.v1.DataConfig;

/** How much memory the pictures of a folder need while they are read. */
@Tag("slow")
class PictureFolderMemoryTest {
  private static final int PICTURES = 8_000;
  private static final int SIDE = 96;
  private static final int BATCH = 64;

  @TempDir private Path folder;

  @Test
  void anEpochNeedsNoMoreMemoryThanItsFirstBatches() throws IOException, InterruptedException {
    IntStream.range(0, PICTURES).parallel().forEach(this::write);
    ImageShape shape = new ImageShape(32, 32, 3, 256);
    DataConfig config = DataConfig.newBuilder().setRandomCrop(0.7).setHorizontalFlip(true).build();
    try (ImageDataset data = Datasets.open("folder:" + folder, config, shape)) {
      TrainingBatches batches = new TrainingBatches(data, shape, config, BATCH, 1);
      long steps = batches.stepsPerEpoch();
      // In the model's shape all pictures are 22 MB, and as files 220 MB.
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
        assertTrue(late - early < 5_000_000, early + " bytes early, " + late + " late");
      }
    }
  }

  /** In a JVM of little memory, a picture of 8,000×8,000 pixels counts as broken and is named. */
  @Test
  void aPictureThatDoesNotFitIntoMemoryIsNamedAndReplaced() throws Exception {
    IntStream.range(0, 200).forEach(this::write);
    Path huge = folder.resolve("huge.png");
    Files.write(huge, PictureBytes.largePng(8_000, new byte[8_000]));
    Process reading =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-cp",
                System.getProperty("java.class.path"),
                PictureFolderMemoryTest.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(reading.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, reading.waitFor(), output);
    String why = "there is too little memory to decode its " + Files.size(huge) + " bytes";
    assertTrue(output.contains("image " + huge + ": broken: " + why), output);
  }

  /** With so many threads, whole pictures would take more than a gigabyte. */
  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png"})
  void photographsFitIntoASmallHeapWithEveryNumberOfThreads(String format) throws Exception {
    BufferedImage photograph = Photographs.of(3_000, 4_000, BufferedImage.TYPE_3BYTE_BGR, 3);
    byte[] encoded =
        format.equals("png")
            ? PictureBytes.of(photograph, "png")
            : Photographs.jpeg(photograph, 0.95f, 0);
    for (int i = 0; i < 20; i++) {
      Files.write(folder.resolve(i + "." + format), encoded);
    }
    Set<String> outputs = new HashSet<>();
    for (int threads : new int[] {1, 32}) {
      Process reading =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ManyThreads.class.getName(),
                  folder.toString(),
                  Integer.toString(threads))
              .start();
      outputs.add(new String(reading.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertEquals(0, reading.waitFor());
    }
    assertEquals(1, outputs.size(), outputs.toString());
    assertEquals("20 pictures, levels ", outputs.iterator().next().substring(0, 20));
  }

  /** Reads the pictures of a folder in several threads, and prints a hash of their levels. */
  static final class ManyThreads {
    private ManyThreads() {}

    /** The folder, and the number of threads. */
    public static void main(String[] arguments) throws Exception {
      ImageShape shape = new ImageShape(32, 32, 3, 256);
      DataConfig config = DataConfig.newBuilder().setValidationShare(0.5).build();
      ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(arguments[1]));
      try (ImageDataset data = Datasets.open("folder:" + arguments[0], config, shape)) {
        List<Future<Integer>> hashes = new ArrayList<>();
        for (Split split : Split.values()) {
          for (int i = 0; i < data.size(split); i++) {
            int index = i;
            hashes.add(
                threads.submit(
                    () -> {
                      byte[] values = new byte[shape.dimensions()];
                      data.read(split, 0, index, values);
                      return Arrays.hashCode(values);
                    }));
          }
        }
        int all = 0;
        for (Future<Integer> hash : hashes) {
          all = 31 * all + hash.get();
        }
        System.out.println(hashes.size() + " pictures, levels " + all);
      } finally {
        threads.shutdown();
      }
    }
  }

  /** Prints why a picture cannot be read, then reads the pictures of its folder. */
  public static void main(String[] folder) {
    try {
      ImageFile.decode(Path.of(folder[0], "huge.png"));
    } catch (InputException e) {
      System.out.println(e.getMessage());
    }
    ImageShape shape = new ImageShape(8, 8, 3, 256);
    try (ImageDataset data =
        Datasets.open("folder:" + folder[0], DataConfig.getDefaultInstance(), shape)) {
      for (Split split : Split.values()) {
        for (int i = 0; i < data.size(split); i++) {
          data.read(split, 0, i, new byte[shape.dimensions()]);
        }
      }
    }
  }

  /**
   * The used memory: the least of several readings, because other threads allocate too. These rest
   * once they have read the batches ahead.
   */
  private static long usedMemory() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int reading = 0; reading < 10; reading++) {
      Thread.sleep(200);
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
