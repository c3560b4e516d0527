package org.pixelrnn.records;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file that a user names for a result, written as a whole.
 *
 * <table>
 * <caption>What happens to what is there</caption>
 * <tr><td>nothing, or a regular file</td><td>replaced at once: whatever happens, it is the whole
 *     old file or the whole new one</td></tr>
 * <tr><td>a symbolic link</td><td>stays; the file that it points to is replaced</td></tr>
 * <tr><td>a pipe or a device</td><td>written into</td></tr>
 * <tr><td>this process's standard output, under any name</td><td>written into, after what was
 *     written before</td></tr>
 * <tr><td>a folder</td><td>refused</td></tr>
 * </table>
 */
public final class OutputFile {
  /** The number of links that Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

  private OutputFile() {}

  /**
   * Writes bytes. Missing folders are created.
   *
   * @throws IOException if the bytes cannot be written; a regular file is then as it was
   */
  public static void write(byte[] bytes, Path file) throws IOException {
    write(bytes, file, true);
  }

  /**
   * Writes bytes to one of many files, without waiting for the disk each time. A machine that loses
   * power may lose the last of them.
   *
   * @throws IOException as {@link #write(byte[], Path)} does
   */
  public static void writeOneOfMany(byte[] bytes, Path file) throws IOException {
    write(bytes, file, false);
  }

  private static void write(byte[] bytes, Path file, boolean wait) throws IOException {
    if (isStandardOutput(file)) {
      // Another stream to the same file would overwrite what is there.
      FileOutputStream out = new FileOutputStream(FileDescriptor.out);
      out.write(bytes);
      return;
    }
    Path target = target(file);
    if (isSpecial(target)) {
      try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.WRITE)) {
        out.write(bytes);
      }
      return;
    }
    WholeFiles.makeFolder(target.getParent());
    WholeFiles.write(target, bytes, wait);
  }

  /**
   * Checks what can be checked without writing, so that nobody waits for a result that has no
   * place.
   *
   * @throws IOException if {@code file} is a folder, if a folder on the way to it is a file, or if
   *     links lead in a circle
   */
  public static void check(Path file) throws IOException {
    if (isStandardOutput(file)) {
      return;
    }
    Path target = target(file);
    for (Path folder = target.getParent(); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder)) {
        checkFile(file, target, folder);
        return;
      }
      if (Files.exists(folder)) {
        throw refused(file, folder + " is not a folder");
      }
    }
  }

  /** Checks rights, and names that are too long. */
  private static void checkFile(Path file, Path target, Path folder) throws IOException {
    Path written = isSpecial(target) ? target : folder;
    if (!Files.isWritable(written)) {
      throw refused(file, "nothing can be written to " + written);
    }
    try {
      Files.readAttributes(target, BasicFileAttributes.class);
    } catch (NoSuchFileException expected) {
      // It will be made.
    }
  }

  /**
   * True if this is where the process's standard output goes, for instance {@code /dev/stdout}, or
   * the name of a pipe that the shell has opened.
   */
  public static boolean isStandardOutput(Path file) {
    try {
      return Files.isSameFile(file, STANDARD_OUTPUT);
    } catch (IOException missing) {
      return false;
    }
  }

  /** True if bytes are written into a file, which stays what it is: a pipe or a device. */
  public static boolean isSpecial(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).isOther();
    } catch (IOException missing) {
      return false;
    }
  }

  /** Follows symbolic links to the file to write, which need not exist. */
  private static Path target(Path file) throws IOException {
    Path target = PathText.absolute(file);
    for (int links = 0; links < MOST_LINKS; links++) {
      if (Files.isDirectory(target)) {
        throw refused(file, "it is a folder; expected a file");
      }
      // A pipe that a process has open is a link to no name, for instance /proc/self/fd/1.
      if (isSpecial(target) || !Files.isSymbolicLink(target)) {
        return target;
      }
      if (target.getParent().toRealPath().startsWith("/proc")) {
        // Replacing it would lose what another process has written, or will write.
        throw refused(file, "it is a file that a process has open; give its own name");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    throw refused(file, "its symbolic links lead in a circle");
  }

  private static FileSystemException refused(Path file, String why) {
    return new FileSystemException(file.toString(), null, why);
  }
}
