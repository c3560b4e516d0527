package org.pixelrnn.records;

import com.google.common.base.CharMatcher;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder under a name that TensorFlow finds. TensorFlow takes paths as text, so it cannot be
 * given a name that is not UTF-8, or one that the locale cannot spell. It also takes some
 * characters for a pattern. A folder with such a name gets a second name, a symbolic link in the
 * folder of temporary files, until this is closed:
 *
 * <pre>
 *   /tmp/pixelrnn-123456789/folder  ──►  /home/me/größe
 * </pre>
 */
public final class PlainFolder implements Closeable {
  /** The characters of patterns of names. */
  private static final CharMatcher PATTERN = CharMatcher.anyOf("*?[");

  private final Path path;
  private final boolean isLink;

  private PlainFolder(Path path, boolean isLink) {
    this.path = path;
    this.isLink = isLink;
  }

  /**
   * Finds a name for a folder that exists.
   *
   * @throws IOException if the folder needs a link, and none can be made
   */
  public static PlainFolder of(Path folder) throws IOException {
    return isPlain(folder) ? new PlainFolder(folder, false) : link(folder);
  }

  private static boolean isPlain(Path folder) {
    return PathText.isPlain(folder) && PATTERN.matchesNoneOf(folder.toString());
  }

  private static PlainFolder link(Path folder) throws IOException {
    Path target = PathText.absolute(folder);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      PlainFolder linked =
          new PlainFolder(
              Files.createTempDirectory(temporary, "pixelrnn-").resolve("folder"), true);
      if (isPlain(linked.path)) {
        Files.createSymbolicLink(linked.path, target);
        return linked;
      }
      linked.close();
    } catch (IOException | UnsupportedOperationException e) {
      throw refused(folder, temporary, e);
    }
    throw refused(folder, temporary, null);
  }

  private static IOException refused(Path folder, Path temporary, Exception cause) {
    FileSystemException refused =
        new FileSystemException(
            folder.toString(),
            null,
            "TensorFlow cannot be given its name, and no link to it can be made in "
                + temporary
                + "; expected a UTF-8 locale, for instance C.UTF-8, and a name in UTF-8 without any"
                + " of * ? [");
    refused.initCause(cause);
    return refused;
  }

  /** The folder, for TensorFlow. Its text and that of the files in it are plain. */
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    if (isLink) {
      try {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.getParent());
      } catch (IOException e) {
        // A link that stays in the folder of temporary files does no harm.
      }
    }
  }
}
