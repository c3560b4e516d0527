package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.pixelrnn.image.ImageShape;

/** Files give back what was written to them, whatever it was. */
class RoundTripTest {
  private Path folder;

  @BeforeProperty
  void createFolder() throws IOException {
    folder = Files.createTempDirectory("round-trip");
  }

  @AfterProperty
  void deleteFolder() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Path write(String name, byte[] content, boolean gzipped) throws IOException {
    return Files.write(folder.resolve(name), gzipped ? Gzip.compress(content) : content);
  }

  @Property(tries = 300)
  void idxImagesAreReadAsTheyWereWritten(
      @ForAll @IntRange(min = 1, max = 20) int count,
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 12) int columns,
      @ForAll long seed,
      @ForAll boolean gzipped)
      throws IOException {
    byte[] pixels = new byte[count * rows * columns];
    new Random(seed).nextBytes(pixels);
    byte[] content =
        ByteBuffer.allocate(16 + pixels.length)
            .putInt(2051)
            .putInt(count)
            .putInt(rows)
            .putInt(columns)
            .put(pixels)
            .array();
    IdxImages read = IdxImages.read(write(gzipped ? "images.gz" : "images", content, gzipped));
    assertEquals(count, read.count());
    assertEquals(rows, read.rows());
    assertEquals(columns, read.columns());
    assertArrayEquals(pixels, read.pixels());
  }

  @Property(tries = 300)
  void tfRecordsAreReadInAnyOrderAsTheyWereWritten(
      @ForAll @Size(max = 20) List<byte[]> records, @ForAll long seed, @ForAll boolean gzipped)
      throws IOException {
    Path path = write("records", PictureRecords.file(records), gzipped);
    try (TfRecordFile file = TfRecordFile.open(path)) {
      assertEquals(records.size(), file.count());
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < records.size(); i++) {
        order.add(i);
      }
      Collections.shuffle(order, new Random(seed));
      for (int number : order) {
        assertArrayEquals(records.get(number), file.record(number), "record " + number);
      }
    }
  }

  @Property(tries = 200)
  void picturesInTfRecordsAreReadAsTheyWereWritten(
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 0, max = 9) Integer> counts,
      @ForAll @IntRange(min = 1, max = 6) int height,
      @ForAll @IntRange(min = 1, max = 6) int width,
      @ForAll boolean colour,
      @ForAll long seed,
      @ForAll boolean gzipped)
      throws IOException {
    deleteFolder();
    createFolder();
    ImageShape shape = new ImageShape(height, width, colour ? 3 : 1, 256);
    Random random = new Random(seed);
    List<byte[]> written = new ArrayList<>();
    for (int number = 0; number < counts.size(); number++) {
      List<byte[]> records = new ArrayList<>();
      for (int i = 0; i < counts.get(number); i++) {
        byte[] values = new byte[shape.dimensions()];
        random.nextBytes(values);
        written.add(values);
        records.add(PictureRecords.raw(height, width, values));
      }
      write("train-" + number, PictureRecords.file(records), gzipped);
    }
    // The last file is for validation, so that all pictures of the others are for training.
    byte[] last = PictureRecords.raw(height, width, new byte[shape.dimensions()]);
    write("val", PictureRecords.file(List.of(last)), gzipped);
    try (ImageDataset data =
        Datasets.open("tfrecord:" + folder + "/*", NumberedDataset.CONFIG, shape)) {
      assertEquals(written.size(), data.size(Split.TRAIN));
      byte[] values = new byte[shape.dimensions()];
      for (int i = written.size() - 1; i >= 0; i--) {
        data.read(Split.TRAIN, 0, i, values);
        assertArrayEquals(written.get(i), values, "picture " + i);
      }
    }
  }
}
