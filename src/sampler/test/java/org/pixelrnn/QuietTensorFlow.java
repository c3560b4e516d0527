package org.pixelrnn;

import com.sun.jna.Library;
import com.sun.jna.Native;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * Starts TensorFlow before the first test with standard error closed, so that a build that passes
 * prints nothing: TensorFlow writes a few lines at its first session, whatever its log level. JUnit
 * finds this class in {@code META-INF/services}.
 */
public final class QuietTensorFlow implements BeforeAllCallback {
  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;

  /** Functions of the C library. */
  interface Descriptors extends Library {
    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(Namespace.create(QuietTensorFlow.class))
        .getOrComputeIfAbsent(
            "started",
            key -> {
              start();
              return true;
            });
  }

  private static void start() {
    Descriptors c = Native.load("c", Descriptors.class);
    int kept = c.dup(STANDARD_ERROR);
    int nowhere = c.open("/dev/null", WRITE_ONLY);
    c.dup2(nowhere, STANDARD_ERROR);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      try (Session session = new Session(graph)) {
        session.runner().fetch(tf.constant(0)).run().close();
      }
    } finally {
      c.dup2(kept, STANDARD_ERROR);
      c.close(nowhere);
      c.close(kept);
    }
  }
}
