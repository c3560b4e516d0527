package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.TfRecordFraming;

/** Data that do not fit into the memory of a JVM are read piece by piece, or refused by name. */
@Tag("slow")
class SmallHeapTest {
  private static final String HEAP = "-Xmx48m";
  private static final int SIDE = 577;

  @TempDir private Path folder;

  /** Reads all images in a JVM of little memory. The result is what it prints. */
  private static String read(String spec) throws Exception {
    Process reading =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeapTest.class.getName(),
                spec)
            .redirectErrorStream(true)
            .start();
    String output = new String(reading.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, reading.waitFor(), output);
    return output;
  }

  /** Prints the number of images, or why they cannot be read. */
  public static void main(String[] spec) {
    ImageShape shape = new ImageShape(8, 8, 1, 256);
    try (ImageDataset data = Datasets.open(spec[0], NumberedDataset.CONFIG, shape)) {
      int images = 0;
      for (Split split : Split.values()) {
        for (int i = 0; i < data.size(split); i++) {
          data.read(split, 0, i, new byte[data.shape().dimensions()]);
          images++;
        }
      }
      System.out.println(images + " images");
    } catch (InputException e) {
      System.out.println(e.getMessage());
    }
  }

  /** A hundred records of a megabyte each. */
  @Test
  void recordsAreReadOneByOne() throws Exception {
    byte[] record =
        PictureRecords.file(List.of(PictureRecords.raw(SIDE, SIDE, new byte[SIDE * SIDE * 3])));
    try (OutputStream out = Files.newOutputStream(folder.resolve("train.tfrecord"))) {
      for (int i = 0; i < 100; i++) {
        out.write(record);
      }
    }
    String output = read("tfrecord:" + folder + "/*");
    assertTrue(output.contains("100 images"), output);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 199})
  void aHugeRecordCountsAsBroken(int others) throws Exception {
    byte[] small = PictureRecords.file(List.of(PictureRecords.raw(8, 8, new byte[64])));
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    for (int i = 0; i < others; i++) {
      start.write(small);
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(0, 200_000_000);
    ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    header.put(length.array()).putInt(TfRecordFraming.checksum(length.array()));
    start.write(header.array());
    Path file = folder.resolve("train.tfrecord");
    Files.write(file, start.toByteArray());
    try (RandomAccessFile end = new RandomAccessFile(file.toFile(), "rw")) {
      end.setLength(start.size() + 200_000_004L);
    }
    String output = read("tfrecord:" + file);
    String expected =
        others == 199
            ? "200 images"
            : "the last one: file " + file + ": there is too little memory for the 200000000 bytes";
    assertTrue(output.contains(expected), output);
  }

  @Test
  void anIdxFileIsRefusedByName() throws Exception {
    Path train = idx("train-images-idx3-ubyte", 200_000);
    idx("t10k-images-idx3-ubyte", 1);
    String output = read("mnist:" + folder);
    assertTrue(
        output.contains(
            "IDX file " + train + ": there is too little memory for its 156800000 bytes of pixels"),
        output);
  }

  private Path idx(String name, int images) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile idx = new RandomAccessFile(file.toFile(), "rw")) {
      for (int number : new int[] {0x803, images, 28, 28}) {
        idx.writeInt(number);
      }
      idx.setLength(16 + images * 784L);
    }
    return file;
  }
}
