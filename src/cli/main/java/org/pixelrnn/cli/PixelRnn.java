package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import org.pixelrnn.train.Assignment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The program {@code pixelrnn COMMAND ...} and its list of commands. The exit status is 0 if the
 * command is done, or if a signal stopped it and everything is saved (see {@link ShutdownHook}). It
 * is 2 after wrong usage or input, and 1 after any other failure (see {@link Failures}).
 */
@Command(
    name = "pixelrnn",
    description = "Trains, evaluates, exports, samples and serves autoregressive image models.",
    versionProvider = PixelRnn.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      CurvesCommand.class,
      EvalCommand.class,
      ScoreCommand.class,
      ExportCommand.class,
      SampleCommand.class,
      CompleteCommand.class,
      UpscaleCommand.class,
      InspectCommand.class,
      ServeCommand.class
    },
    footer = {
      "",
      "Exit status: 0 done (also after Ctrl-C, once everything is saved), 2 wrong usage or input,"
          + " 1 any other failure.",
      "Set PIXELRNN_DEBUG=1 for stack traces, PIXELRNN_VERBOSE=1 for TensorFlow's own log."
    })
public final class PixelRnn implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  boolean version;

  private PixelRnn() {}

  /** Runs a command and ends the process with its exit status. */
  public static void main(String[] args) {
    // TensorFlow Java writes numbers into the names of a graph's nodes, and a name cannot have
    // Arabic digits.
    Locale.setDefault(Locale.ROOT);
    System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
    Failures failures = new Failures(System.getenv("PIXELRNN_DEBUG") != null);
    CommandLine root = commandLine(failures);
    // Set once for all commands: otherwise each makes a writer of its own.
    root.setOut(new StandardOutput(new FileOutputStream(FileDescriptor.out)));
    root.setErr(new PrintWriter(System.err, true, UTF_8));
    System.exit(
        UnspelledNames.among(args)
            .map(wrong -> failures.refuse(wrong, root))
            .orElseGet(() -> failures.watch(root, args)));
  }

  /**
   * Makes the parser of the command line.
   *
   * @param more further commands, for tests
   */
  static CommandLine commandLine(Failures failures, Object... more) {
    CommandLine root = new CommandLine(new PixelRnn());
    for (Object command : more) {
      root.addSubcommand(command);
    }
    return root.registerConverter(Assignment.class, TrainCommand::assignment)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /** Called if no command is given, which is an error. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing, one of " + String.join(", ", spec.subcommands().keySet()));
  }

  /** The version in the manifest of the jar. */
  static String version() {
    String version = PixelRnn.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "(not from a jar)");
  }

  /** The output of {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"pixelrnn " + version()};
    }
  }
}
