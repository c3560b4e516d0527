package org.pixelrnn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.sampler.ModelFolder;
import org.pixelrnn.train.Ancestry;
import org.pixelrnn.train.Assignment;
import org.pixelrnn.train.ConfigFile;
import org.pixelrnn.train.Presets;
import org.pixelrnn.train.Progress;
import org.pixelrnn.train.RunDirectory;
import org.pixelrnn.train.Trainer;
import org.pixelrnn.train.TrainingRules;
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
      "A multi-scale model is trained in two stages: the network of small images, then the one that draws",
      "whole images given small ones.",
      "",
      "Ctrl-C finishes the step and saves; --resume goes on as if nothing had happened."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup private Source source;

  static final class Source {
    @Option(
        names = "--preset",
        paramLabel = "NAME",
        completionCandidates = PresetNames.class,
        description = "A configuration that comes along: ${COMPLETION-CANDIDATES}.")
    private String preset;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "A RunConfig as protobuf text, see proto/pixelrnn/v1/training.proto.")
    private Path config;

    @Option(
        names = "--from",
        paramLabel = "MODEL",
        description =
            "An exported model: begin with its weights, and train it as it was trained, further or"
                + " on other images.")
    private Path from;
  }

  static final class PresetNames extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    PresetNames() {
      super(Presets.names());
    }
  }

  @Option(names = "--data", paramLabel = "SPEC", description = DataSpec.DESCRIPTION)
  private String data;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where checkpoints, events and samples go.")
  private Path runDirectory;

  @Option(
      names = "--set",
      paramLabel = "path=value",
      description = "Change a field of the configuration, e.g. training.batch_size=32. Repeatable.")
  private List<Assignment> assignments = List.of();

  @Option(
      names = "--max-steps",
      paramLabel = "N",
      description = "Stop at step N, counted from the run's (or the stage's) beginning.")
  private Long maxSteps;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      converter = StageName.class,
      description = "Of a multi-scale model: small or full, to train that one only. Default: both.")
  private Stage stage;

  @Option(
      names = "--resume",
      description =
          "Go on from the last checkpoint of --run-dir; configuration and data are those it began"
              + " with, unless given.")
  private boolean resume;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Threads for TensorFlow; 1 makes runs equal to the last bit. Default: all cores.")
  private int threads;

  @Override
  public Integer call() throws IOException {
    if (maxSteps != null && maxSteps < 1) {
      throw new InputException("--max-steps " + maxSteps + ": expected at least 1");
    }
    if (threads < 0) {
      throw new InputException("--threads " + threads + ": expected at least 0");
    }
    Optional<RunDirectory> begun =
        resume ? Optional.of(RunDirectory.open(runDirectory)) : Optional.empty();
    Optional<Ancestry> ancestry = ancestry();
    RunConfig config = config(begun.map(RunDirectory::run), ancestry);
    TrainingRules.check(config);
    ancestry.ifPresent(model -> model.check(config));
    String dataSpec =
        Optional.ofNullable(data)
            .or(() -> begun.map(directory -> directory.run().getData()))
            .orElseThrow(() -> missing("--data"));
    try (ImageDataset images =
        Datasets.open(dataSpec, config.getData(), ImageShape.of(config.getModel()))) {
      Run.Builder run =
          begun.map(directory -> directory.run().toBuilder()).orElseGet(Run::newBuilder);
      run.setConfig(config)
          .setData(dataSpec)
          .setDataset(images.name())
          .setDatasetDigest(images.digest());
      ancestry.map(Ancestry::model).ifPresent(run::setBegunFrom);
      RunDirectory directory =
          begun.isPresent()
              ? begun.get().resumeAs(run.build())
              : RunDirectory.begin(runDirectory, run.build());
      NativeChatter.silence();
      train(directory, images);
    }
    return 0;
  }

  private void train(RunDirectory directory, ImageDataset images) throws IOException {
    for (Stage next : stage == null ? directory.stages() : List.of(stage)) {
      Progress progress = new Progress(System.err, Terminal.isErr());
      try (Trainer trainer = new Trainer(directory.stage(next), images, progress, threads)) {
        Trainer.Outcome outcome =
            trainer.run(maxSteps == null ? OptionalLong.empty() : OptionalLong.of(maxSteps));
        if (outcome.interrupted()) {
          return;
        }
        report(outcome, next);
      }
    }
  }

  private Optional<Ancestry> ancestry() {
    if (source == null || source.from == null) {
      return Optional.empty();
    }
    if (resume) {
      throw new ParameterException(
          spec.commandLine(),
          "--from begins a run, and --resume goes on with one: give one of them");
    }
    Path version = ModelFolder.version(source.from);
    return Optional.of(Ancestry.of(version, ModelFolder.provenance(version)));
  }

  private RunConfig config(Optional<Run> begun, Optional<Ancestry> ancestry) {
    RunConfig config;
    if (source != null && source.preset != null) {
      config = Presets.load(source.preset);
    } else if (source != null && source.config != null) {
      config = ConfigFile.read(source.config);
    } else {
      config =
          ancestry
              .map(Ancestry::config)
              .or(() -> begun.map(Run::getConfig))
              .orElseThrow(() -> missing("--preset, --config or --from"));
    }
    for (Assignment assignment : assignments) {
      config = assignment.applyTo(config);
    }
    return config;
  }

  private void report(Trainer.Outcome outcome, Stage ended) {
    String validated =
        outcome
            .validation()
            .map(
                likelihood ->
                    "validation %.2f ± %.2f nats per image, %.4f bits/dim"
                        .formatted(
                            likelihood.getNatsPerImage(),
                            likelihood.getStandardErrorNats(),
                            likelihood.getBitsPerDim()))
            .orElse("no step was left to take");
    String next =
        ended != Stage.SMALL
            ? "; next: pixelrnn export --run-dir " + runDirectory + " --to savedmodels/NAME"
            : stage == Stage.SMALL
                ? "; next: pixelrnn train --run-dir " + runDirectory + " --resume --stage full"
                : "";
    spec.commandLine()
        .getOut()
        .printf(
            "%s%d steps: %s%s%n",
            ended == Stage.WHOLE ? "" : "stage " + ended.name().toLowerCase(Locale.ROOT) + ": ",
            outcome.step(),
            validated,
            next);
  }

  private ParameterException missing(String option) {
    return new ParameterException(
        spec.commandLine(), "Missing required option: " + option + " (without --resume)");
  }

  /** The stages that have a folder of their own. */
  private static final class StageName implements ITypeConverter<Stage> {
    @Override
    public Stage convert(String name) {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "small" -> Stage.SMALL;
        case "full" -> Stage.FULL;
        default ->
            throw new TypeConversionException("'" + name + "' is not a stage, small or full");
      };
    }
  }
}
