package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberedPicturesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "images/%05d.png, 7, images/00007.png",
    "images/%05d.png, 1234567, images/1234567.png",
    "%d.png, 0, 0.png",
    "a%03db.png, 12, a012b.png",
    "50%/100% of %02d.png, 3, 50%/100% of 03.png",
    "/%010d, 3, /0000000003"
  })
  void aNumberTakesThePlaceOfThePattern(String pattern, int number, String file) {
    NumberedPictures pictures = NumberedPictures.of(Path.of(pattern)).orElseThrow();
    assertEquals(Path.of(file), pictures.file(number));
    assertEquals(pattern, pictures.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "100%.png", "a%20dog.png", "%5d.png", "%0d.png", "%s.png", "/"})
  void otherNamesAreOrdinaryFiles(String name) {
    assertTrue(NumberedPictures.of(Path.of(name)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%d-%d.png", "%d/x.png", "%d/%d.png"})
  void oneNumberInTheNameIsExpected(String name) {
    assertEquals(
        "images " + name + ": expected one number, in the name of the file: DIR/%05d.png",
        assertThrows(InputException.class, () -> NumberedPictures.of(Path.of(name))).getMessage());
  }

  /** All levels of all shapes that a model may have. */
  @ParameterizedTest
  @CsvSource({"1,2", "1,5", "1,256", "3,2", "3,7", "3,256"})
  void aPictureIsReadAsTheSameImage(int channels, int levels) throws IOException {
    ImageShape shape = new ImageShape(9, 31, channels, levels);
    byte[] all = new byte[3 * shape.dimensions()];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i * 7 % levels);
    }
    Images images = Images.of(shape, all);
    NumberedPictures.of(folder.resolve("new/%02d.png")).orElseThrow().write(images, 4, 3);
    try (Stream<Path> files = Files.list(folder.resolve("new"))) {
      assertEquals(3, files.count());
    }
    for (int i = 0; i < 3; i++) {
      Path file = folder.resolve("new/" + new String[] {"04", "07", "10"}[i] + ".png");
      assertEquals(images.slice(i, i + 1), Images.read(file, shape));
      assertEquals(channels, ImageFile.decode(file).getColorModel().getNumComponents());
    }
  }

  @Test
  void whatCannotBeWrittenIsNamedAndTheEarlierFilesStay() throws IOException {
    ImageShape shape = new ImageShape(2, 2, 1, 2);
    Files.createDirectories(folder.resolve("1.png"));
    NumberedPictures pictures = NumberedPictures.of(folder.resolve("%d.png")).orElseThrow();
    assertEquals(
        "image " + folder.resolve("1.png") + ": cannot be written: it is a folder; expected a file",
        assertThrows(
                InputException.class, () -> pictures.write(Images.of(shape, new byte[12]), 0, 1))
            .getMessage());
    assertTrue(Files.isRegularFile(folder.resolve("0.png")));
  }
}
