package org.pixelrnn.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFolderTest {
  private static final String TEMPORARY = "java.io.tmpdir";

  private final String usual = System.getProperty(TEMPORARY);

  @TempDir private Path folder;
  private Path odd;

  @BeforeEach
  void makeAFolderThatIsNotUtf8() throws IOException {
    odd = Path.of(URI.create(folder.toUri() + "x%FFy"));
    try {
      Files.createDirectory(odd);
    } catch (FileSystemException e) {
      assumeTrue(false, "this file system has names in UTF-8 only");
    }
    System.setProperty(TEMPORARY, Files.createDirectory(folder.resolve("temporary")).toString());
  }

  @AfterEach
  void restore() {
    System.setProperty(TEMPORARY, usual);
  }

  @Test
  void aFolderWithAPlainNameIsItself() throws IOException {
    try (PlainFolder plain = PlainFolder.of(folder)) {
      assertEquals(folder, plain.path());
    }
    assertTrue(Files.exists(folder));
  }

  @Test
  void anotherFolderGetsASecondNameUntilItIsClosed() throws IOException {
    Path link;
    try (PlainFolder plain = PlainFolder.of(odd)) {
      link = plain.path();
      assertTrue(link.toString().chars().allMatch(c -> c < 128), link.toString());
      Files.writeString(link.resolve("file"), "text");
    }
    assertEquals("text", Files.readString(odd.resolve("file")));
    assertFalse(Files.exists(link.getParent()));
  }

  /** TensorFlow would look for a folder named {@code v1}. */
  @Test
  void aFolderWhoseNameIsAPatternGetsASecondName() throws IOException {
    Path pattern = Files.createDirectory(folder.resolve("v[1]"));
    try (PlainFolder plain = PlainFolder.of(pattern)) {
      assertFalse(plain.path().toString().contains("["), plain.path().toString());
      assertTrue(Files.isSameFile(pattern, plain.path()));
    }
  }

  @Test
  void saysWhereNoLinkCanBeMade() {
    System.setProperty(TEMPORARY, folder.resolve("missing").toString());
    FileSystemException refused =
        assertThrows(FileSystemException.class, () -> PlainFolder.of(odd));
    assertTrue(
        refused.getReason().contains("no link to it can be made in " + folder.resolve("missing")),
        refused.getReason());
  }
}
