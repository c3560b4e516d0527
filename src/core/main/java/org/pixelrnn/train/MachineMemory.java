package org.pixelrnn.train;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The memory of a machine, or of the container that this process runs in if that is less.
 *
 * @param bytes all of it, whether it is in use or not
 */
record MachineMemory(long bytes) {
  /** The memory of this machine. A JVM knows the limits of a container (cgroup v1 and v2). */
  static MachineMemory ofThisMachine() {
    return new MachineMemory(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
  }

  /** A number of bytes as people write it, for instance {@code 1.3 GB}. */
  static String inWords(long bytes) {
    return bytes < 1e9
        ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  @Override
  public String toString() {
    return inWords(bytes);
  }
}
