package org.pixelrnn.cli;

/**
 * What the launcher found out about the terminal. Java itself cannot tell whether standard output
 * alone, or standard error alone, is a terminal.
 */
final class Terminal {
  private static final int DEFAULT_WIDTH = 80;

  private Terminal() {}

  /** True if standard output is a terminal. */
  static boolean isOut() {
    return Boolean.getBoolean("pixelrnn.out.terminal");
  }

  /** True if standard error is a terminal. */
  static boolean isErr() {
    return Boolean.getBoolean("pixelrnn.err.terminal");
  }

  /** The number of characters in a line. */
  static int width() {
    return Integer.getInteger("pixelrnn.columns", DEFAULT_WIDTH);
  }
}
