package org.pixelrnn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;

class DatasetsTest {
  private static final ImageShape SHAPE = new ImageShape(28, 28, 1, 2);

  @TempDir private Path folder;

  /** A run is resumed with the same data, however their place is spelt. */
  @ParameterizedTest
  @CsvSource({"mnist, ''", "cifar10, ''", "folder, ''", "tfrecord, '/**.tfrecord'"})
  void thePathIsNoPartOfTheDigest(String kind, String pattern) throws IOException {
    Files.createDirectory(folder.resolve("a"));
    byte[] idx = new byte[16 + 784];
    ByteBuffer.wrap(idx).putInt(0x803).putInt(1).putInt(28).putInt(28);
    Files.write(folder.resolve("train-images-idx3-ubyte"), idx);
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), idx);
    Files.write(folder.resolve("data_batch_1.bin"), new byte[3073]);
    Files.write(folder.resolve("test_batch.bin"), new byte[3073]);
    BufferedImage picture = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (String name : List.of("train/1.png", "val/1.png", "b.png", "a/b.png")) {
      ImageFile.write(picture, folder.resolve(name));
    }
    for (String name : List.of("train-1.tfrecord", "b.tfrecord", "a/train-2.tfrecord")) {
      byte[] record = PictureRecords.raw(1, 1, (byte) name.length());
      Files.write(folder.resolve(name), PictureRecords.file(List.of(record, record)));
    }
    String relative = Path.of("").toAbsolutePath().relativize(folder).toString();
    List<String> places = List.of(folder.toString(), relative, "./" + relative, relative + "//./");
    Set<String> digests = new HashSet<>();
    for (String place : places) {
      try (ImageDataset data =
          Datasets.open(kind + ":" + place + pattern, NumberedDataset.CONFIG, SHAPE)) {
        digests.add(data.digest() + data.size(Split.TRAIN) + " " + data.size(Split.VALIDATION));
      }
    }
    assertEquals(1, digests.size(), digests.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"strokes", "strokes-rgb"})
  void opensADataSetByItsName(String spec) {
    try (ImageDataset data = Datasets.open(spec, NumberedDataset.CONFIG, SHAPE)) {
      assertEquals(spec, data.name());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''           | '' is not a kind of data
          stroke       | 'stroke' is not a kind of data
          Strokes      | 'Strokes' is not a kind of data
          imagenet:/x  | 'imagenet' is not a kind of data
          :            | '' is not a kind of data
          mnist        | it does not say where the files are
          mnist:       | it does not say where the files are
          strokes:     | 'strokes' has no files, so nothing may follow it
          strokes:28   | 'strokes' has no files, so nothing may follow it
          """)
  void refusesOtherNamesAndListsTheKinds(String spec, String why) {
    String message =
        assertThrows(InputException.class, () -> Datasets.open(spec, NumberedDataset.CONFIG, SHAPE))
            .getMessage();
    assertTrue(message.startsWith("data '" + spec + "': " + why), message);
    assertTrue(message.contains("; expected one of strokes, strokes-rgb, mnist:DIR"), message);
  }
}
