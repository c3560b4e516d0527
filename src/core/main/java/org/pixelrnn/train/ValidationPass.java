package org.pixelrnn.train;

import com.google.common.primitives.Floats;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pixelrnn.data.EvaluationImages;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.LikelihoodMean;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.train.workers.WorkerGroup;

/**
 * Measures the validation images of a stage under the moving averages of the weights, and samples a
 * few images for people to look at. Several workers share out the batches.
 */
final class ValidationPass {
  private final WorkerGroup workers;
  private final Listeners listeners;
  private final StopRequest request;
  private final LongCalls calls;
  private final TrainingGraph graph;
  private final RunDirectory directory;
  private final Stage stage;
  private final EvaluationImages images;
  private final Images examples;
  private final TrainingConfig config;

  ValidationPass(Training training, PreparedRun.PreparedStage prepared, TrainingGraph graph) {
    workers = training.workers();
    listeners = training.listeners();
    request = training.request();
    calls = training.calls();
    this.graph = graph;
    directory = prepared.directory();
    stage = directory.run().getStage();
    config = directory.run().getConfig().getTraining();
    images = prepared.data().validation();
    examples = prepared.data().examples(config.getSampleImages());
  }

  /**
   * Measures all images.
   *
   * @param step the number of steps taken, for the listeners
   * @return nothing if the run is asked to stop meanwhile. The checkpoint stays without a
   *     validation then, and a resumed run validates it first
   */
  Optional<Likelihood> measure(long step) {
    float[] logProb = new float[images.count()];
    try {
      measureShare(step, logProb);
    } catch (CancellationException stopped) {
      // Nothing was added to the checkpoint yet. The other workers hear of the wish to stop.
    }
    // Each image is measured by one worker, so the sums are the very numbers of one worker.
    float[] all = workers.sum(Floats.concat(request.wishes(), logProb));
    request.hear(all);
    if (request.ofRun()) {
      return Optional.empty();
    }
    LikelihoodMean mean = LikelihoodMean.of(graph.network().shape());
    mean.add(Arrays.copyOfRange(all, StopRequest.WISHES, all.length));
    String split = Split.VALIDATION.name().toLowerCase(Locale.ROOT);
    return Optional.of(mean.likelihood().toBuilder().setSplit(split).build());
  }

  /**
   * Measures the batches of this worker: every n-th of them, if there are n workers.
   *
   * @throws CancellationException at once, if this worker is asked to stop
   */
  private void measureShare(long step, float[] logProb) {
    int done = 0;
    for (int number = 0; number < images.batches(); number++) {
      Images batch = images.batch(number);
      if (number % workers.count() == workers.index()) {
        System.arraycopy(calls.call(() -> graph.logProb(batch)), 0, logProb, done, batch.count());
      }
      done += batch.count();
      TrainingEvent.Validating event =
          new TrainingEvent.Validating(stage, step, done, images.count());
      listeners.tell(listener -> listener.validating(event));
    }
  }

  /**
   * Samples images, and makes a picture of them. No images if none are asked for, if it fails, or
   * if the run is asked to stop meanwhile.
   */
  Images samples() {
    Optional<Images> sampled =
        examples.count() == 0
            ? Optional.empty()
            : SparePicture.of(() -> calls.call(() -> graph.sample(examples, config.getSeed())));
    sampled.ifPresent(
        pictures ->
            SparePicture.write(
                () -> ImageFile.write(SampleGrid.of(pictures), directory.samples())));
    return sampled.orElseGet(() -> Images.of(graph.network().shape(), new byte[0]));
  }
}
