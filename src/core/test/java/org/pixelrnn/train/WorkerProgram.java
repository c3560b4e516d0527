package org.pixelrnn.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.DiagonalBiLstm;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RowLstm;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.train.workers.WorkerGroup;
import org.pixelrnn.train.workers.WorkerLostException;

/**
 * A program that trains models as one of several workers, as users would write it.
 *
 * <p>Its arguments are a folder, the last step, the seconds to wait for the others, and the names
 * of models. It prints a line for each step. Its exit status is that of {@code pixelrnn train}.
 */
final class WorkerProgram {
  private WorkerProgram() {}

  /** Trains each model in a folder of its name. */
  public static void main(String[] arguments) {
    int status = 0;
    try {
      WorkerGroup workers = Training.join(Duration.ofSeconds(Long.parseLong(arguments[2])), 1);
      System.out.println("joined");
      for (String model : List.of(arguments).subList(3, arguments.length)) {
        train(workers, model, Path.of(arguments[0], model), Long.parseLong(arguments[1]));
      }
    } catch (WorkerLostException e) {
      System.out.println(e.getMessage());
      status = 75;
    } catch (InputException e) {
      System.out.println(e.getMessage());
      status = 2;
    }
    // Without the hook, which is for signals.
    Runtime.getRuntime().halt(status);
  }

  private static void train(WorkerGroup workers, String model, Path folder, long until) {
    try (Training training =
        Agreement.eachMakes(workers, () -> run(model))
            .builder(folder, until)
            .workers(workers)
            .listener(
                new TrainingListener() {
                  @Override
                  public void stepTaken(TrainingEvent.StepTaken event) {
                    System.out.println("step " + event.step() + " " + event.slowest().isPresent());
                  }
                })
            .build()) {
      // Ctrl-C or SIGTERM
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    closed(training);
                    Runtime.getRuntime().halt(0);
                  }));
      training.run();
    }
  }

  /** Stops a training and waits until everything is saved. */
  private static void closed(Training training) {
    training.close();
  }

  /** A run by the name of its model. */
  static SmallRun run(String model) {
    SmallRun run =
        switch (model) {
          case "pixel_cnn" -> SmallRun.pixelCnn();
          case "row_lstm" -> of(ModelConfig.newBuilder().setRowLstm(RowLstm.getDefaultInstance()));
          case "diagonal_bilstm" ->
              of(ModelConfig.newBuilder().setDiagonalBilstm(DiagonalBiLstm.getDefaultInstance()));
          case "multi_scale" -> SmallRun.pixelCnn().atTwoScales();
          default -> throw new InputException("no model " + model);
        };
    return run.with(training -> training.setSteps(100_000).setCheckpointEverySteps(20));
  }

  private static SmallRun of(ModelConfig.Builder architecture) {
    return SmallRun.of(
        architecture, TrainingConfig.newBuilder().setAdam(Adam.getDefaultInstance()));
  }
}
