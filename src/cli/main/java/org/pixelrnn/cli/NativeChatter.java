package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * Hides the lines that TensorFlow prints to standard error when its first session starts. No log
 * level suppresses them. With PIXELRNN_VERBOSE in the environment they are shown.
 */
final class NativeChatter {
  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;

  /** Functions of the C library for file descriptors. */
  interface Descriptors extends Library {
    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);
  }

  private NativeChatter() {}

  /**
   * Starts a first session while standard error leads to /dev/null. What other threads print to
   * {@link System#err} meanwhile is shown afterwards.
   */
  static void silence() {
    if (System.getenv("PIXELRNN_VERBOSE") != null) {
      return;
    }
    Descriptors c = Native.load("c", Descriptors.class);
    System.err.flush();
    int kept = c.dup(STANDARD_ERROR);
    int nowhere = c.open("/dev/null", WRITE_ONLY);
    c.dup2(nowhere, STANDARD_ERROR);
    PrintStream shown = System.err;
    ByteArrayOutputStream later = new ByteArrayOutputStream();
    System.setErr(new PrintStream(later, true, UTF_8));
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      try (Session session = new Session(graph)) {
        session.runner().fetch(tf.constant(0)).run().close();
      }
    } finally {
      c.dup2(kept, STANDARD_ERROR);
      c.close(nowhere);
      c.close(kept);
      System.setErr(shown);
      shown.print(later.toString(UTF_8));
      shown.flush();
    }
  }
}
