package org.pixelrnn.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.base.Strings;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;

/**
 * Keeps TensorFlow's own log lines from standard error.
 *
 * <p>TensorFlow prints eleven lines when the first model of a process is opened. Nine of them obey
 * {@code TF_CPP_MIN_LOG_LEVEL}, an environment variable that it reads when it is loaded. The other
 * two come from a logger inside TensorFlow that no variable and no function can reach, and they
 * appear in the first session. So {@link #begin} sets the variable, and runs a first session while
 * standard error leads to a file. Afterwards everything in this file is printed, except lines of
 * TensorFlow that are no errors.
 *
 * <p>The variable also hides what TensorFlow logs of errors; these reach Java as exceptions. With
 * {@code TF_CPP_MIN_LOG_LEVEL=0} in the environment all lines are shown.
 */
public final class QuietStart {
  /** The variable that TensorFlow reads: 0 shows every line, 3 only those of fatal errors. */
  static final String LEVEL = "TF_CPP_MIN_LOG_LEVEL";

  /** Information and warnings, in the two forms in which TensorFlow writes them. */
  private static final Pattern CHATTER =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+: [IW] "
              + "|[IW]\\d{4} \\d\\d:\\d\\d:\\d+\\.\\d+ +\\d+ "
              + "|WARNING: All log messages before absl::InitializeLog\\(\\) ");

  /** A line with its end, if it has one. */
  private static final Pattern LINE = Pattern.compile("[^\n]*\n|[^\n]+");

  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;

  private static boolean begun;

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
   * Starts TensorFlow without its log lines, unless this was done before. It takes about 0.1 s
   * after TensorFlow is loaded. Everything in this project that uses TensorFlow calls this first.
   *
   * @param threads the threads of a single operation, 0 for one for each core. All sessions of a
   *     process share them, unless {@code TF_OVERRIDE_GLOBAL_THREADPOOL} is 1 in the environment
   */
  public static synchronized void begin(int threads) {
    if (begun) {
      return;
    }
    begun = true;
    if (isWanted()) {
      return;
    }
    try {
      if (Strings.isNullOrEmpty(System.getenv(LEVEL))) {
        cLibrary().setenv(LEVEL, "3", 1);
      }
    } catch (LinkageError e) {
      // The lines are then printed; TensorFlow works without this.
    }
    // Loads TensorFlow. If that ends the process, TensorFlow's reason must be seen.
    TensorFlow.version();
    filter(() -> runFirstSession(threads));
  }

  private static boolean isWanted() {
    return "0".equals(System.getenv(LEVEL));
  }

  private static Void runFirstSession(int threads) {
    ConfigProto config =
        ConfigProto.newBuilder()
            // It must not take the memory of a GPU.
            .putDeviceCount("GPU", 0)
            .setIntraOpParallelismThreads(threads)
            .build();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      try (Session session = new Session(graph, config)) {
        session.runner().fetch(tf.constant(0)).run().close();
      }
    }
    return null;
  }

  /**
   * Does something that makes TensorFlow print lines, and leaves these out. Whatever else is
   * printed to the standard error of this process meanwhile appears afterwards.
   *
   * @return what {@code chatty} returns
   */
  public static synchronized <T> T filter(Supplier<T> chatty) {
    if (isWanted()) {
      return chatty.get();
    }
    Path file;
    CLibrary c;
    try {
      c = cLibrary();
      file = Files.createTempFile("standard-error", ".log");
    } catch (LinkageError | IOException e) {
      return chatty.get();
    }
    int kept = c.dup(STANDARD_ERROR);
    int written = c.open(file.toString(), WRITE_ONLY);
    try {
      if (kept >= 0 && written >= 0) {
        c.dup2(written, STANDARD_ERROR);
      }
      return chatty.get();
    } finally {
      if (kept >= 0 && written >= 0) {
        c.dup2(kept, STANDARD_ERROR);
      }
      c.close(written);
      c.close(kept);
      show(file);
    }
  }

  private static CLibrary cLibrary() {
    return Native.load("c", CLibrary.class);
  }

  /** Prints the lines of a file that are not TensorFlow's, byte for byte, and deletes it. */
  private static void show(Path file) {
    try {
      // This encoding keeps every byte as it is.
      byte[] rest = withoutChatter(Files.readString(file, ISO_8859_1)).getBytes(ISO_8859_1);
      Files.delete(file);
      // Not closed, because standard error belongs to the process.
      new FileOutputStream(FileDescriptor.err).write(rest);
    } catch (IOException e) {
      // Standard error is closed, or a full disk took the lines.
    }
  }

  /** A text without the lines of TensorFlow that are no errors. */
  static String withoutChatter(String text) {
    StringBuilder rest = new StringBuilder();
    Matcher lines = LINE.matcher(text);
    while (lines.find()) {
      if (!CHATTER.matcher(lines.group()).lookingAt()) {
        rest.append(lines.group());
      }
    }
    return rest.toString();
  }
}
