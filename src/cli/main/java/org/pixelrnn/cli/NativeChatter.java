package org.pixelrnn.cli;

import org.pixelrnn.sampler.QuietStart;

/**
 * Hides the lines that TensorFlow prints to standard error when it starts. With PIXELRNN_VERBOSE in
 * the environment they are shown.
 */
final class NativeChatter {
  private NativeChatter() {}

  /** Starts TensorFlow quietly. */
  static void silence() {
    if (System.getenv("PIXELRNN_VERBOSE") == null) {
      QuietStart.firstSession();
    }
  }
}
