package org.pixelrnn.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.train.Agreement;
import org.pixelrnn.train.Assignment;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.Presets;
import org.pixelrnn.train.ResumedRun;
import org.pixelrnn.train.RunDirectory;
import org.pixelrnn.train.StartingModel;
import org.pixelrnn.train.Training;
import org.pixelrnn.train.TrainingBuilder;
import org.pixelrnn.train.TrainingResult;
import org.pixelrnn.train.workers.Cluster;
import org.pixelrnn.train.workers.SingleWorker;
import org.pixelrnn.train.workers.WorkerGroup;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pixelrnn train}. */
@Command(
    name = "train",
    description = {
      "Train a network.",
      "",
      "A multi-scale model is trained in two stages: first the network of small images, then the"
          + " network that samples whole images given small ones.",
      "",
      "Ctrl-C finishes the step and saves. With --resume the run goes on as if it had not been"
          + " stopped."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup private Source source;

  static final class Source {
    @Option(
        names = "--preset",
        paramLabel = "NAME",
        completionCandidates = PresetNames.class,
        description = "A configuration by name: ${COMPLETION-CANDIDATES}.")
    private String preset;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "A configuration of your own: a RunConfig as protobuf text, see"
                + " proto/pixelrnn/v1/training.proto.")
    private Path config;

    @Option(
        names = "--from",
        paramLabel = "MODEL",
        description =
            "Begin with the weights of an exported model, and train it with its own configuration,"
                + " on the same or on other images.")
    private Path from;
  }

  static final class PresetNames extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    PresetNames() {
      super(Presets.names());
    }
  }

  @Option(
      names = "--full-from",
      paramLabel = "MODEL",
      description =
          "Begin the full network of a multi-scale model with the weights of an exported model of"
              + " one scale whose layers are the same.")
  private Path fullFrom;

  @Option(names = "--data", paramLabel = "SPEC", description = DataSpec.DESCRIPTION)
  private String data;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "The folder for checkpoints, TensorBoard events and samples. Only a --dry-run of a new run"
              + " needs none.")
  private Path runDirectory;

  @Option(
      names = "--set",
      paramLabel = "path=value",
      description =
          "Change a field of the configuration, for instance training.batch_size=32. Repeatable.")
  private List<Assignment> assignments = List.of();

  @Option(
      names = "--max-steps",
      paramLabel = "N",
      description = "Stop at step N, counted from the beginning of the run (or of the stage).")
  private Long maxSteps;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      converter = StageName.class,
      description = "Train only this stage of a multi-scale model: small or full. Default: both.")
  private Stage stage;

  @Option(
      names = "--resume",
      description =
          "Go on from the last checkpoint of --run-dir. The configuration and the data are those of"
              + " the run, unless they are given.")
  private boolean resume;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "The number of threads that TensorFlow uses. With 1, two runs are equal to the last bit."
              + " Default: one for each core.")
  private int threads;

  @Option(
      names = "--dry-run",
      description =
          "Write nothing. Take a few steps, and print the number of parameters, the memory of a"
              + " step, and the time of a step, of an epoch and of the whole run on this machine.")
  private boolean dryRun;

  @Option(
      names = "--join-timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "How long to wait for the other workers, if TF_CONFIG in the environment names several."
              + " Default: ${DEFAULT-VALUE}.")
  private int joinTimeout;

  @Override
  public Integer call() throws Exception {
    if (maxSteps != null && maxSteps < 1) {
      throw new InputException("--max-steps " + maxSteps + ": expected at least 1");
    }
    if (threads < 0) {
      throw new InputException("--threads " + threads + ": expected at least 0");
    }
    if (joinTimeout < 1) {
      throw new InputException("--join-timeout " + joinTimeout + ": expected at least 1");
    }
    if (resume && startingModel().isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          (fullFrom == null ? "--from" : "--full-from")
              + " begins a run, and --resume goes on with one; expected one of them");
    }
    if (fullFrom != null && source != null && source.from != null) {
      throw new ParameterException(
          spec.commandLine(), "Error: --from=MODEL, --full-from=MODEL are mutually exclusive");
    }
    if (runDirectory == null && (resume || !dryRun)) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--run-dir=DIR'");
    }
    // A dry run measures this machine alone.
    WorkerGroup workers = dryRun ? SingleWorker.ALONE : join();
    if (dryRun) {
      builder(workers)
          .rehearse()
          .forEach(cost -> CostReport.print(cost, spec.commandLine().getOut()));
      return 0;
    }
    try (Training training = builder(workers).build();
        ShutdownHook hook = new ShutdownHook(training::stop)) {
      return run(training, workers, hook);
    }
  }

  private WorkerGroup join() {
    Cluster.of(System.getenv())
        .ifPresent(
            cluster ->
                System.err.printf(
                    Locale.ROOT,
                    "%s of %d waits for the others, at most %d s%n",
                    cluster.name(cluster.index()),
                    cluster.addresses().size(),
                    joinTimeout));
    WorkerGroup workers = Training.join(Duration.ofSeconds(joinTimeout), threads);
    if (workers.count() > 1) {
      System.err.println("all workers have joined");
    }
    return workers;
  }

  private TrainingBuilder builder(WorkerGroup workers) {
    ResumedRun resumed = ResumedRun.of(workers, resume, runDirectory);
    Optional<RunDirectory> read = resumed.directory();
    Optional<Run> earlier = resumed.run();
    TrainingBuilder builder =
        Training.builder(Agreement.eachMakes(workers, () -> config(earlier)))
            .workers(workers)
            .data(Agreement.eachMakes(workers, () -> data(earlier)))
            .threads(threads)
            .listener(new TerminalProgress(System.err, Terminal.isErr()));
    Optional.ofNullable(runDirectory).ifPresent(builder::runDirectory);
    if (read.isPresent()) {
      builder.resumes(read.get()).changedTraining();
    } else {
      builder.newRunOnly();
    }
    Optional.ofNullable(maxSteps).ifPresent(builder::maxSteps);
    Optional.ofNullable(stage).ifPresent(builder::stage);
    startingModel().ifPresent(builder::startingFrom);
    return builder;
  }

  private Optional<Path> startingModel() {
    return Optional.ofNullable(fullFrom)
        .or(() -> Optional.ofNullable(source).map(given -> given.from));
  }

  private String data(Optional<Run> earlier) {
    return Optional.ofNullable(data)
        .or(() -> earlier.filter(Run::hasData).map(Run::getData))
        .orElseThrow(() -> missing("--data"));
  }

  private RunConfig config(Optional<Run> earlier) {
    RunConfig config;
    if (source != null && source.preset != null) {
      config = Presets.load(source.preset);
    } else if (source != null && source.config != null) {
      config = ConfigFile.read(source.config);
    } else if (source != null && source.from != null) {
      config = StartingModel.of(source.from).config();
    } else {
      config =
          earlier.map(Run::getConfig).orElseThrow(() -> missing("--preset, --config or --from"));
    }
    for (Assignment assignment : assignments) {
      try {
        config = assignment.applyTo(config);
      } catch (InputException e) {
        throw wrongAssignment(e);
      }
    }
    checkFullFrom(config);
    return config;
  }

  private void checkFullFrom(RunConfig config) {
    if (fullFrom == null) {
      return;
    }
    if (!config.getModel().hasMultiScale()) {
      throw new InputException(
          "--full-from "
              + fullFrom
              + ": this run has no full network; expected a multi-scale model");
    }
    if (StartingModel.of(fullFrom).config().getModel().hasMultiScale()) {
      throw new InputException(
          "--full-from " + fullFrom + ": it has two scales; expected a model of one scale");
    }
  }

  /** Parses the value of {@code --set}. */
  static Assignment assignment(String text) {
    try {
      return Assignment.parse(text);
    } catch (InputException e) {
      throw wrongAssignment(e);
    }
  }

  private static InputException wrongAssignment(InputException e) {
    return new InputException("--set " + e.getMessage(), e);
  }

  private int run(Training training, WorkerGroup workers, ShutdownHook hook) throws Exception {
    try {
      TrainingResult result = training.run();
      if (workers.leads()) {
        new TrainingSummary(runDirectory, Optional.ofNullable(stage))
            .print(result, spec.commandLine().getOut(), spec.commandLine().getErr());
      }
      hook.saved();
      return 0;
    } catch (RuntimeException e) {
      // Printed before the hook is closed, because after a signal the process ends then.
      return spec.commandLine()
          .getExecutionExceptionHandler()
          .handleExecutionException(e, spec.commandLine(), spec.commandLine().getParseResult());
    }
  }

  /** Not one of picocli's, because the other workers hear of it. */
  private InputException missing(String option) {
    return new InputException(
        "Missing required option: "
            + option
            + " (without --resume); see "
            + spec.qualifiedName()
            + " --help");
  }

  /** Parses the value of {@code --stage}. */
  private static final class StageName implements ITypeConverter<Stage> {
    @Override
    public Stage convert(String name) {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "small" -> Stage.SMALL;
        case "full" -> Stage.FULL;
        default ->
            throw new TypeConversionException(
                "'" + name + "' is not a stage; expected small or full");
      };
    }
  }
}
