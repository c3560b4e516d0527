package org.pixelrnn.records;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Files and folders that appear under their names whole or not at all, even if the process is
 * killed or the machine loses power:
 *
 * <pre>
 *   write under a temporary name  ──►  force to the disk  ──►  rename  ──►  force the parent
 * </pre>
 *
 * <p>Checkpoints, exports and the descriptions of runs are written in this way.
 */
public final class WholeFiles {
  private WholeFiles() {}

  /**
   * Writes a file. If it exists, it is replaced: whoever reads it finds the old content or the new.
   *
   * @param file its folder must exist
   * @throws IOException if it cannot be written, or the disk is full; the file stays as it was
   */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, true);
  }

  /**
   * Writes a file, as one of thousands perhaps.
   *
   * @param wait true to wait until the file is on the disk, which takes some milliseconds.
   *     Otherwise a machine that loses power may lose it. A process that is killed never leaves
   *     half a file.
   */
  static void write(Path file, byte[] content, boolean wait) throws IOException {
    // A random name, because two processes may write at once. It does not contain the file's name,
    // which may be as long as names can be.
    Path unfinished = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      Files.write(unfinished, content, StandardOpenOption.CREATE_NEW);
      if (wait) {
        force(unfinished);
        rename(unfinished, file);
      } else {
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * Makes a folder, and the folders above it that are missing. Their names are on the disk then.
   *
   * @throws IOException if it cannot be made, or if it is a file
   */
  public static void makeFolder(Path folder) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path path = PathText.absolute(folder);
        path != null && Files.notExists(path);
        path = path.getParent()) {
      missing.push(path);
    }
    Files.createDirectories(folder);
    for (Path made : missing) {
      force(made.getParent());
    }
  }

  /**
   * Gives a folder its final name once everything in it is on the disk.
   *
   * @param unfinished the folder under its temporary name, beside {@code target}
   * @param target must not exist, or must be an empty folder
   * @throws IOException if a file cannot be forced to the disk, or the folder cannot be renamed
   */
  public static void publish(Path unfinished, Path target) throws IOException {
    forceAll(unfinished);
    rename(unfinished, target);
  }

  /**
   * Forces a folder and everything below it to the disk. Each folder comes after its contents.
   *
   * @throws IOException if the disk is full or fails
   */
  public static void forceAll(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      force(path);
    }
  }

  /**
   * Renames a file or folder within its parent, and forces the new name to the disk.
   *
   * @throws IOException if it cannot be renamed, for instance because {@code to} is a folder that
   *     is not empty; both stay as they were
   */
  public static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.toAbsolutePath().getParent());
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
