package org.pixelrnn.train;

import com.google.protobuf.ByteString;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.records.TfRecordFraming;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/**
 * Writes curves and samples for TensorBoard into the folder {@code events} of a run. Each time that
 * training begins or is resumed, it begins a new file of framed {@code Event} messages. {@link
 * LearningCurve} reads these files.
 *
 * <p>A long run does not fill the disk: the curves have each of the first 500 steps, and then ever
 * fewer, see {@link Thinning}.
 */
final class TensorBoardLog implements TrainingListener {
  /** The name of the curve of each step's batch, in bits per dimension. */
  static final String TRAINING = "training/bits_per_dim";

  /** The name of the curve of the validation images, in bits per dimension. */
  static final String VALIDATION = "validation/bits_per_dim";

  /** The points of a curve are at least this share of the steps so far apart. */
  private static final double BETWEEN_POINTS = 1 / 500.0;

  /** The same of pictures, each of which is as large as thousands of points. */
  private static final double BETWEEN_PICTURES = 1 / 50.0;

  private final Thinning steps = new Thinning(BETWEEN_POINTS);
  private final Thinning validations = new Thinning(BETWEEN_POINTS);
  private final Thinning pictures = new Thinning(BETWEEN_PICTURES);
  private Path file;
  private OutputStream out;

  @Override
  public void began(Training training, TrainingEvent.Began event) {
    // The stages of a model count their steps from 1 again.
    steps.begin();
    validations.begin();
    pictures.begin();
    Path folder = RunDirectory.events(event.directory());
    Instant now = Instant.now();
    // With nanoseconds, a run that is stopped and resumed within a second gets a second file.
    String name =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%09d.pixelrnn",
            now.getEpochSecond(),
            now.getNano());
    try {
      Files.createDirectories(folder);
      file = folder.resolve(name);
      out = new BufferedOutputStream(Files.newOutputStream(file));
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be written to: " + InputException.reason(e), e);
    }
    write(message(0).setFileVersion("brain.Event:2"));
    // This makes TensorBoard drop the later steps of earlier files.
    write(
        message(event.firstStep())
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
    flush();
  }

  @Override
  public void stepTaken(TrainingEvent.StepTaken event) {
    if (!steps.keeps(event.step())) {
      return;
    }
    scalars(
        event.step(),
        Map.of(
            "training/nats_per_image",
            event.nats(),
            TRAINING,
            event.bitsPerDim(),
            "training/gradient_norm",
            event.gradientNorm(),
            "training/learning_rate",
            event.learningRate()));
  }

  @Override
  public void checkpointSaved(TrainingEvent.CheckpointSaved event) {
    flush();
  }

  @Override
  public void validated(TrainingEvent.Validated event) {
    if (validations.keeps(event.step())) {
      scalars(
          event.step(),
          Map.of(
              "validation/nats_per_image",
              event.likelihood().getNatsPerImage(),
              VALIDATION,
              event.likelihood().getBitsPerDim()));
    }
    if (event.samples().count() > 0 && pictures.keeps(event.step())) {
      SparePicture.of(() -> picture(event.samples()))
          .ifPresent(image -> write(message(event.step()).setSummary(image)));
    }
    flush();
  }

  @Override
  public void ended(TrainingEvent.Ended event) {
    if (out != null) {
      try (OutputStream closing = out) {
        closing.flush();
      } catch (IOException e) {
        throw cannotWrite(e);
      } finally {
        out = null;
      }
    }
  }

  private void scalars(long step, Map<String, Double> values) {
    Summary.Builder summary = Summary.newBuilder();
    values.forEach(
        (tag, value) -> summary.addValueBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    write(message(step).setSummary(summary));
  }

  private static Summary picture(Images samples) {
    BufferedImage picture = SampleGrid.of(samples);
    Summary.Image.Builder image =
        Summary.Image.newBuilder()
            .setHeight(picture.getHeight())
            .setWidth(picture.getWidth())
            .setColorspace(3)
            .setEncodedImageString(ByteString.copyFrom(ImageFile.png(picture)));
    return Summary.newBuilder()
        .addValue(Summary.Value.newBuilder().setTag("samples").setImage(image))
        .build();
  }

  private static Event.Builder message(long step) {
    return Event.newBuilder().setWallTime(System.currentTimeMillis() / 1000.0).setStep(step);
  }

  private void write(Event.Builder event) {
    try {
      TfRecordFraming.write(out, event.build().toByteArray());
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /** Passes the events so far to the operating system, so that TensorBoard can read them. */
  private void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException(
        new IOException(file + ": cannot be written to: " + InputException.reason(e), e));
  }
}
