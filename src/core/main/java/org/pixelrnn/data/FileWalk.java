package org.pixelrnn.data;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks through a folder and its subfolders, and through the folders that links lead to. A link
 * that leads to a folder around it is passed over with a warning: the walk comes to the files of
 * that folder anyway.
 */
final class FileWalk extends SimpleFileVisitor<Path> {
  private static final Logger log = LoggerFactory.getLogger(FileWalk.class);

  private final Path root;
  private final Predicate<Path> skipped;
  private final BiConsumer<Path, BasicFileAttributes> found;

  private FileWalk(
      Path root, Predicate<Path> skipped, BiConsumer<Path, BasicFileAttributes> found) {
    this.root = root;
    this.skipped = skipped;
    this.found = found;
  }

  /**
   * Finds files.
   *
   * @param depth the deepest level of files; 1 for the files of the folder itself
   * @param skipped true for files and subfolders that are passed over
   * @param found takes each other regular file, in any order
   * @throws IOException if a folder cannot be read
   */
  static void walk(
      Path root, int depth, Predicate<Path> skipped, BiConsumer<Path, BasicFileAttributes> found)
      throws IOException {
    Files.walkFileTree(
        root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, new FileWalk(root, skipped, found));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    return !folder.equals(root) && skipped.test(folder)
        ? FileVisitResult.SKIP_SUBTREE
        : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile() && !skipped.test(file)) {
      found.accept(file, attributes);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (skipped.test(file)) {
      return FileVisitResult.CONTINUE;
    }
    if (e instanceof FileSystemLoopException) {
      log.warn("{} is passed over: it is a link to a folder that contains it", file);
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
