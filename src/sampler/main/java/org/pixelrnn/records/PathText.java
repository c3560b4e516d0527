package org.pixelrnn.records;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Paths as text, in the same way in every locale. The name of a file is a series of bytes, and
 * nearly everybody takes them for UTF-8. Java takes them for the characters of the process's
 * locale:
 *
 * <pre>
 *                     bytes on the disk      Path.toString() with LC_ALL=C
 *   in UTF-8          67 72 c3 b6 c3 9f 65   gr????e, from which no path can be made
 *   in no encoding    78 ff                  x?
 * </pre>
 *
 * <p>A {@link Path} that comes from the listing of a folder keeps its bytes, so that it can always
 * be opened. It must not be turned into text and back. A URI has the bytes, too, and this class
 * goes through it.
 */
public final class PathText {
  /** The character that stands for bytes that cannot be decoded. */
  private static final char DAMAGE = '\uFFFD';

  private PathText() {}

  /** The path's bytes as UTF-8. Bytes that are not UTF-8 become the character U+FFFD. */
  public static String of(Path path) {
    String text = path.toString();
    if (isAscii(text)
        || (isUtf8("sun.jnu.encoding") && text.indexOf(DAMAGE) < 0)
        || !isOfUnix(path)) {
      return text;
    }
    // The URI of a relative path would contain the working directory.
    String uri = Path.of("/").resolve(path).toUri().getRawPath();
    String bytes = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    return unescaped(path.isAbsolute() ? bytes : bytes.substring(1));
  }

  /**
   * The path whose bytes are a text in UTF-8. It is absolute if the locale does not have the text's
   * characters.
   *
   * @throws InvalidPathException if no path can have this text
   */
  public static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      if (isAscii(text) || text.indexOf(0) >= 0 || !isOfUnix(Path.of(""))) {
        throw e;
      }
      String folder = text.startsWith("/") ? "" : Path.of("").toAbsolutePath().toUri().getRawPath();
      return Path.of(URI.create("file://" + (folder + escaped(text)).replaceAll("/+", "/")));
    }
  }

  /**
   * The absolute path.
   *
   * @throws IOException if the path is relative, and {@link #isWorkingDirectoryKnown} is false;
   *     Java then takes the path for one in another folder
   */
  public static Path absolute(Path path) throws IOException {
    if (!path.isAbsolute() && !isWorkingDirectoryKnown()) {
      throw new IOException(
          "the working directory is gone, or its name cannot be read in this locale; expected an"
              + " absolute path");
    }
    return path.toAbsolutePath();
  }

  /** False if the working directory is gone, or the locale cannot spell its name. */
  public static boolean isWorkingDirectoryKnown() {
    return Files.exists(Path.of("").toAbsolutePath());
  }

  /** True if native code that takes paths as text finds this one. */
  static boolean isPlain(Path path) {
    String text = path.toString();
    // JavaCPP encodes some texts in the default encoding, and others in UTF-8.
    return isAscii(text)
        || (isUtf8("sun.jnu.encoding") && isUtf8("file.encoding") && text.indexOf(DAMAGE) < 0);
  }

  private static boolean isUtf8(String property) {
    return "UTF-8".equalsIgnoreCase(System.getProperty(property));
  }

  private static boolean isOfUnix(Path path) {
    return File.separatorChar == '/' && path.getFileSystem().equals(FileSystems.getDefault());
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private static String escaped(String text) {
    StringBuilder uri = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/') {
        uri.append('/');
      } else {
        uri.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    return uri.toString();
  }

  private static String unescaped(String uri) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
