package org.pixelrnn.export;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.WholeFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a model's versions, {@code 1}, {@code 2}, …. TensorFlow Serving watches such
 * folders, so a version must appear whole or not at all.
 *
 * <p>A version is written to a temporary folder with a unique name, which is not a number. When it
 * is complete and on disk, the folder is renamed to its number:
 *
 * <pre>
 *   unfinished-HOST-PROCESS-UUID.tmp  ──►  3
 * </pre>
 *
 * <p>Several processes, on several hosts, may add versions at the same time. A process that finds
 * its number taken takes the next number.
 */
final class VersionFolder {
  private static final Logger log = LoggerFactory.getLogger(VersionFolder.class);

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private static final long LAST = 999_999_999_999_999_999L;

  /**
   * Matches temporary folders: host, process and UUID. If the process is gone, the folder is a
   * leftover. Only the same host can tell.
   */
  private static final Pattern UNFINISHED =
      Pattern.compile("unfinished-(.*)-([0-9]{1,18})-[0-9a-f-]{36}\\.tmp");

  private static final String HOST = host();

  private final Path folder;

  VersionFolder(Path folder) {
    this.folder = folder;
  }

  /** Writes the files of a version. */
  @FunctionalInterface
  interface Content {
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Adds a version. Its number is the highest number in the folder plus one, or 1.
   *
   * @return the folder of the version
   * @throws InputException if the folder cannot be written to, or the disk is full
   */
  Path add(Content content) {
    try {
      return write(content);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot write a version: " + InputException.reason(e), e);
    }
  }

  private Path write(Content content) throws IOException {
    WholeFiles.makeFolder(folder);
    removeLeftovers();
    Path unfinished =
        Files.createDirectory(folder.resolve(unfinishedName(HOST, ProcessHandle.current().pid())));
    try {
      content.writeTo(unfinished);
      WholeFiles.forceAll(unfinished);
      return rename(unfinished);
    } catch (IOException | RuntimeException | Error e) {
      try {
        delete(unfinished);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private Path rename(Path unfinished) throws IOException {
    while (true) {
      long highest = highest();
      if (highest == LAST) {
        throw new IOException("its highest version is " + LAST + ", and there is no higher one");
      }
      Path version = folder.resolve(Long.toString(highest + 1));
      try {
        WholeFiles.rename(unfinished, version);
        return version;
      } catch (FileSystemException e) {
        // A move never replaces a folder that is not empty. If there is such a folder, another
        // process has just taken the number; otherwise the move failed for another reason.
        if (!Files.exists(version) || !Files.exists(unfinished)) {
          throw e;
        }
      }
    }
  }

  private long highest() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> NUMBER.matcher(name).matches())
          .mapToLong(Long::parseLong)
          .max()
          .orElse(0);
    }
  }

  private void removeLeftovers() throws IOException {
    List<Path> leftovers;
    try (Stream<Path> entries = Files.list(folder)) {
      leftovers = entries.filter(VersionFolder::isLeftover).toList();
    }
    for (Path leftover : leftovers) {
      try {
        delete(leftover);
      } catch (IOException e) {
        log.warn("{}: a leftover cannot be deleted: {}", leftover, InputException.reason(e));
      }
    }
  }

  /** A new name for a temporary folder; each call gives another one. */
  static String unfinishedName(String host, long process) {
    return "unfinished-" + host + "-" + process + "-" + UUID.randomUUID() + ".tmp";
  }

  /** The name of this machine. */
  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replace('/', '_');
    } catch (UnknownHostException e) {
      return "unnamed";
    }
  }

  private static boolean isLeftover(Path entry) {
    Matcher unfinished = UNFINISHED.matcher(entry.getFileName().toString());
    return unfinished.matches()
        && unfinished.group(1).equals(HOST)
        && ProcessHandle.of(Long.parseLong(unfinished.group(2)))
            .filter(ProcessHandle::isAlive)
            .isEmpty();
  }

  private static void delete(Path path) throws IOException {
    try {
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      // Another process may have deleted it, or a part of it, at the same time.
      if (Files.exists(path)) {
        throw e;
      }
    }
  }
}
