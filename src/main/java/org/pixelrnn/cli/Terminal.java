package org.pixelrnn.cli;

/**
 * What the launcher says of where the output goes: Java itself can tell standard output from
 * standard error only together with standard input.
 */
final class Terminal {
  private static final int DEFAULT_WIDTH = 80;

  private Terminal() {}

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
