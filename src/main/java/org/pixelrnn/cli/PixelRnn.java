package org.pixelrnn.cli;

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
 * The command line, {@code pixelrnn COMMAND …}. Exit status: 0 done; 2 wrong usage or input, with
 * one line on standard error; 1 anything else (see {@link Failures}).
 */
@Command(
    name = "pixelrnn",
    description = "Trains, evaluates, exports and samples autoregressive image models.",
    versionProvider = PixelRnn.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      CurvesCommand.class,
      EvalCommand.class,
      ExportCommand.class,
      SampleCommand.class,
      CompleteCommand.class,
      UpscaleCommand.class,
      InspectCommand.class
    },
    footer = {
      "",
      "Exit status: 0 done, 2 wrong usage or input, 1 anything else.",
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
    Failures failures = new Failures(System.getenv("PIXELRNN_DEBUG") != null);
    System.exit(failures.watch(commandLine(failures), args));
  }

  /**
   * The root with all its commands.
   *
   * @param more commands beside those of the list
   */
  static CommandLine commandLine(Failures failures, Object... more) {
    CommandLine root = new CommandLine(new PixelRnn());
    for (Object command : more) {
      root.addSubcommand(command);
    }
    return root.registerConverter(Assignment.class, Assignment::parse)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing, one of " + String.join(", ", spec.subcommands().keySet()));
  }

  /** The version that the jar's manifest carries. */
  static String version() {
    String version = PixelRnn.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "(not from a jar)");
  }

  /** For {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"pixelrnn " + version()};
    }
  }
}
