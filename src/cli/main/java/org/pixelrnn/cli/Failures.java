package org.pixelrnn.cli;

import com.google.common.base.CharMatcher;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.data.CannotCropException;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.PictureTooLargeException;
import org.pixelrnn.sampler.NotAModelException;
import org.pixelrnn.train.RunExistsException;
import org.pixelrnn.train.workers.WorkerLostException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns the failure of a command into one line on standard error and an exit status: 2 if the user
 * can fix it by giving something else, 75 if another worker was lost, otherwise 1.
 *
 * <p>The library's exceptions do not name flags or commands. This class adds such hints, by
 * exception type.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private static final int WRONG_INPUT = CommandLine.ExitCode.USAGE;

  /** BSD's "temporary failure": a supervisor may start the command again. */
  private static final int WORKER_LOST = 75;

  private static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  private final boolean stackTraces;

  /**
   * Makes a handler of failures.
   *
   * @param stackTraces true to print a stack trace before the line
   */
  Failures(boolean stackTraces) {
    this.stackTraces = stackTraces;
  }

  /**
   * Runs a command line. Errors that picocli does not catch, such as a missing library, count too.
   * So does output that could not be written, for instance because the disk is full.
   */
  @SuppressWarnings("CatchingThrowable")
  int watch(CommandLine root, String... args) {
    int status;
    try {
      status = root.execute(args);
    } catch (Throwable e) {
      status = failed(e, root);
    }
    Optional<String> unwritten = StandardOutput.failure(root.getOut());
    if (status != 0 || unwritten.isEmpty()) {
      return status;
    }
    String message = "standard output: cannot be written: " + unwritten.get();
    return complain(new IOException(message), message, FAILED, root);
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    if (e.getCause() instanceof InputException wrong) {
      return complain(wrong, wrong.getMessage() + hint(wrong), WRONG_INPUT, command);
    }
    List<String> near =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    String meant = near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
    String help = "; see " + command.getCommandSpec().qualifiedName() + " --help";
    return complain(e, e.getMessage() + meant + help, WRONG_INPUT, command);
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof WorkerLostException) {
      String message =
          e.getMessage() + "; start all workers again, with --resume if the run has begun";
      return complain(e, message, WORKER_LOST, command);
    }
    return e instanceof InputException wrong
        ? complain(wrong, wrong.getMessage() + hint(wrong), WRONG_INPUT, command)
        : failed(e, command);
  }

  /** Prints why a command line is not run at all. Returns the exit status. */
  int refuse(InputException wrong, CommandLine root) {
    return complain(wrong, wrong.getMessage(), WRONG_INPUT, root);
  }

  private static String hint(InputException e) {
    if (e instanceof NotAModelException) {
      return "; `pixelrnn export` writes one";
    }
    if (e instanceof RunExistsException) {
      return "; --resume goes on with it, another --run-dir begins anew";
    }
    if (e instanceof CannotCropException) {
      return "; --set data.random_crop=0 trains without crops";
    }
    if (e instanceof PictureTooLargeException) {
      return "; --out 'DIR/%05d.png' writes each image to a file of its own";
    }
    return "";
  }

  private int failed(Throwable e, CommandLine command) {
    String hint = stackTraces ? "" : " (PIXELRNN_DEBUG=1 shows where)";
    String what =
        e instanceof IOException io
            ? InputException.reason(io)
            : e instanceof UncheckedIOException unchecked
                ? InputException.reason(unchecked.getCause())
                : e.toString();
    return complain(e, what + hint, FAILED, command);
  }

  private int complain(Throwable e, String message, int status, CommandLine command) {
    PrintWriter err = command.getErr();
    if (stackTraces) {
      e.printStackTrace(err);
    }
    err.println("pixelrnn: " + CharMatcher.whitespace().trimAndCollapseFrom(message, ' '));
    err.flush();
    return status;
  }
}
