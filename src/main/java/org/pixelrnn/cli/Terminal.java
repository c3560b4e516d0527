package org.pixelrnn.cli;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * What the launcher says of where the output goes: Java itself can tell standard output from
 * standard error only together with standard input.
 */
final class Terminal {
  private static final int DEFAULT_WIDTH = 80;

  private Terminal() {}

  /**
   * Sends Java's standard error to where the launcher says, if it does: native libraries write to
   * the process's own, which the launcher filters.
   */
  static void aroundNativeErrors() {
    String path = System.getProperty("pixelrnn.err");
    if (path != null) {
      try {
        System.setErr(
            new PrintStream(new FileOutputStream(path, true), true, Charset.defaultCharset()));
      } catch (FileNotFoundException e) {
        // A socket cannot be opened by name: the process's own standard error will do.
        return;
      }
    }
  }

  /** Whether standard output is a terminal. */
  static boolean isOut() {
    return Boolean.getBoolean("pixelrnn.out.terminal");
  }

  /** Whether standard error is a terminal. */
  static boolean isErr() {
    return Boolean.getBoolean("pixelrnn.err.terminal");
  }

  /** Characters in a line. */
  static int width() {
    return Integer.getInteger("pixelrnn.columns", DEFAULT_WIDTH);
  }
}
