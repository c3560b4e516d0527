package org.pixelrnn.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds: memory, threads, file descriptors. */
record ProcessFacts(long heap, long resident, int threads, long files) {
  /** Measures this process. */
  static ProcessFacts now() {
    return new ProcessFacts(usedHeap(), residentBytes(), threadCount(), openFiles());
  }

  /** Bytes of Java objects that are still in use. */
  static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  static int threadCount() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  /** Bytes of the whole process, native memory included; Linux only. */
  private static long residentBytes() {
    return 1024 * number("/proc/self/status", "VmRSS:", 1);
  }

  /** The most files that this process may open; Linux only. */
  static long mostFiles() {
    return number("/proc/self/limits", "Max open files", 3);
  }

  /** Sockets and files that are open; Linux only. */
  static long openFiles() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(String file, String line, int word) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(text -> text.startsWith(line))
          .mapToLong(
              text ->
                  Long.parseLong(
                      Splitter.on(CharMatcher.whitespace())
                          .omitEmptyStrings()
                          .splitToList(text)
                          .get(word)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
