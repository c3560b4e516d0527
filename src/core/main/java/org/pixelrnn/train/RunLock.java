package org.pixelrnn.train;

import com.google.common.collect.Lists;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.records.WholeFiles;

/**
 * Keeps anybody else from training in the same folders, until it is closed or this process ends.
 * Each stage of a multi-scale model has a folder of its own, so two processes may train one stage
 * each.
 *
 * <p>The lock is a lock of the operating system on the file {@code lock} of each folder.
 */
final class RunLock implements AutoCloseable {
  private static final String FILE = "lock";

  /**
   * The folders that runs of this process have locked. If a process closes any channel of a file,
   * POSIX drops all of its locks on that file. Hence a locked file must not be opened again, not
   * even to try its lock.
   */
  private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

  /** By the real path of its folder. */
  private final Map<Path, FileChannel> channels = new LinkedHashMap<>();

  /** The folders that were made for the run, outermost first. */
  private final List<Path> made = new ArrayList<>();

  private RunLock() {}

  /**
   * Locks the folders of some stages.
   *
   * @param runDirectory is made if it is missing
   * @throws InputException if another process, or another run of this one, has locked a folder
   *     already, or a folder cannot be made; nothing is locked then
   */
  static RunLock of(Path runDirectory, List<Stage> stages) {
    RunLock lock = new RunLock();
    boolean locked = false;
    try {
      for (Stage stage : stages) {
        lock.add(Stages.folder(runDirectory, stage));
      }
      locked = true;
      return lock;
    } catch (IOException e) {
      throw new InputException(
          runDirectory + ": cannot be written to: " + InputException.reason(e), e);
    } finally {
      if (!locked) {
        lock.close();
      }
    }
  }

  /** Something to do while a folder is locked. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /**
   * Does something in a folder that several processes share. Waits until nobody else is doing the
   * like.
   *
   * @param folder a folder that no run has locked
   */
  static synchronized void alone(Path folder, Action action) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      action.run();
    }
  }

  private void add(Path folder) throws IOException {
    while (true) {
      make(folder);
      Path real = folder.toRealPath();
      if (!LOCKED_HERE.add(real)) {
        throw new InputException(
            folder + ": another run of this process is training in this folder");
      }
      FileChannel channel = null;
      try {
        channel = lock(real.resolve(FILE));
      } finally {
        if (channel == null) {
          LOCKED_HERE.remove(real);
        }
      }
      if (channel == null) {
        throw new InputException(folder + ": another process is training in this folder");
      }
      channels.put(real, channel);
      // Another run that has never begun may just have deleted the file, and the lock with it.
      if (Files.exists(real.resolve(FILE))) {
        return;
      }
      unlock(real);
    }
  }

  private void make(Path folder) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path path = folder.toAbsolutePath();
        path != null && Files.notExists(path);
        path = path.getParent()) {
      missing.addFirst(path);
    }
    made.addAll(missing);
    WholeFiles.makeFolder(folder);
  }

  /** The channel of a locked file; null if another process has locked it. */
  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException lockedUnderAnotherPath) {
      // This process has locked the file through another mount of its folder.
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    return locked ? channel : null;
  }

  /**
   * Releases the folders. If no run began, deletes the lock file and the folders that were made for
   * it.
   */
  @Override
  public void close() {
    for (Path folder : List.copyOf(channels.keySet())) {
      try {
        try {
          if (!RunDirectory.hasRun(folder)) {
            Files.deleteIfExists(folder.resolve(FILE));
          }
        } finally {
          unlock(folder);
        }
      } catch (IOException e) {
        // A lock that cannot be released ends with the process.
      }
    }
    for (Path folder : Lists.reverse(made)) {
      try {
        Files.delete(folder);
      } catch (DirectoryNotEmptyException | NoSuchFileException e) {
        // A run began here.
      } catch (IOException e) {
        // An empty folder that stays does no harm.
      }
    }
    made.clear();
  }

  private void unlock(Path folder) throws IOException {
    try {
      channels.remove(folder).close();
    } finally {
      LOCKED_HERE.remove(folder);
    }
  }
}
