package org.pixelrnn.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** These hold in every locale. Try it with {@code LC_ALL=C mvn ...}. */
class PathTextTest {
  @ParameterizedTest
  @CsvSource({
    "/tmp/a%20b, /tmp/a b",
    "/gr%C3%B6%C3%9Fe/%E5%9B%BE.png, /größe/图.png",
    "/%F0%9F%99%82, /🙂",
    "/, /",
  })
  void aPathAndItsTextLeadToEachOther(String uri, String text) {
    Path path = Path.of(URI.create("file://" + uri));
    assertEquals(text, PathText.of(path));
    assertEquals(path, PathText.path(text));
  }

  @Test
  void partsOfAPathHaveTextsOfTheirOwn() {
    Path path = Path.of(URI.create("file:///gr%C3%B6%C3%9Fe/%E5%9B%BE.png"));
    assertEquals("图.png", PathText.of(path.getFileName()));
    assertEquals("größe/图.png", PathText.of(Path.of("/").relativize(path)));
    assertEquals("", PathText.of(Path.of("")));
  }

  @Test
  void aRelativeTextLeadsIntoTheWorkingDirectory() {
    String folder = PathText.of(Path.of("").toAbsolutePath());
    assertEquals(
        PathText.path(folder + "/größe/a b"), PathText.path("größe//a b").toAbsolutePath());
  }

  @Test
  void bytesThatAreNotUtf8BecomeTheReplacementCharacter() {
    assertEquals("/x\uFFFDy", PathText.of(Path.of(URI.create("file:///x%FFy"))));
  }

  @Test
  void aPathHasNoZero() {
    assertThrows(InvalidPathException.class, () -> PathText.path("a\0b"));
    assertThrows(InvalidPathException.class, () -> PathText.path("ö\0b"));
  }
}
