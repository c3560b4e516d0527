package org.pixelrnn.cli;

import com.sun.jna.Function;
import java.util.concurrent.CountDownLatch;

/**
 * Handles Ctrl-C, SIGTERM and SIGHUP while a command works. The command is asked to stop, and the
 * process waits for it. If everything is saved then, the exit status is 0; otherwise it is that of
 * the signal, for instance 143.
 */
final class ShutdownHook implements AutoCloseable {
  private final Runnable stop;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait, "shutdown");
  private volatile boolean saved;

  /**
   * Handles signals until {@link #close}.
   *
   * @param stop asks the command to stop; called on another thread
   */
  ShutdownHook(Runnable stop) {
    this.stop = stop;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Tells the hook that everything is saved. */
  void saved() {
    saved = true;
  }

  /**
   * Tells the hook that the command has ended. After a signal the process may end at any moment
   * from now on, so that everything must have been printed.
   */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs already.
    }
  }

  private void stopAndWait() {
    stop.run();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (saved) {
      System.out.flush();
      System.err.flush();
      end();
    }
  }

  /**
   * Ends the process with status 0; otherwise the status would be that of the signal. TensorFlow
   * may be at work still, and the end of a Java process frees what it works with: it would crash.
   * The C library's {@code _exit} frees nothing.
   */
  private static void end() {
    try {
      Function.getFunction("c", "_exit").invoke(new Object[] {0});
    } catch (LinkageError e) {
      Runtime.getRuntime().halt(0);
    }
  }
}
