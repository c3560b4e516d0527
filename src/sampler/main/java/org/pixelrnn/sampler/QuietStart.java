package org.pixelrnn.sampler;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * Keeps TensorFlow's own log lines from standard error.
 *
 * <p>TensorFlow prints eleven lines when the first model of a process is opened. Nine of them obey
 * {@code TF_CPP_MIN_LOG_LEVEL}, an environment variable that it reads when it is loaded: {@link
 * #level} sets it. The other two come from a logger inside TensorFlow that no variable and no
 * function can reach. They appear in the first session: {@link #firstSession} runs one while
 * standard error leads nowhere.
 */
public final class QuietStart {
  /** The variable that TensorFlow reads: 0 shows every line, 3 only those of fatal errors. */
  static final String LEVEL = "TF_CPP_MIN_LOG_LEVEL";

  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;

  private static boolean started;

  /** Functions of the C library. */
  interface CLibrary extends Library {
    int setenv(String name, String value, int overwrite);

    int dup(int descriptor);

    int dup2(int from, int to);

    int open(String path, int flags);

    int close(int descriptor);
  }

  private QuietStart() {}

  /**
   * Sets {@code TF_CPP_MIN_LOG_LEVEL} to 3 in this process, unless the environment has a value. It
   * has no effect once TensorFlow is loaded.
   */
  static synchronized void level() {
    if (started || System.getenv(LEVEL) != null) {
      return;
    }
    started = true;
    try {
      cLibrary().setenv(LEVEL, "3", 0);
    } catch (LinkageError e) {
      // The lines are then printed; a model works without this.
    }
  }

  /**
   * Runs TensorFlow's first session while standard error leads to {@code /dev/null}. What other
   * threads print to {@link System#err} meanwhile is shown afterwards; what native code prints is
   * lost. It takes about 0.1 s after TensorFlow is loaded. Does nothing if the environment asks for
   * all lines: {@code TF_CPP_MIN_LOG_LEVEL=0}.
   */
  public static synchronized void firstSession() {
    if ("0".equals(System.getenv(LEVEL))) {
      return;
    }
    level();
    CLibrary c = cLibrary();
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

  private static CLibrary cLibrary() {
    return Native.load("c", CLibrary.class);
  }
}
