package org.pixelrnn.train;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.HiddenFile;
import org.pixelrnn.records.TfRecordFraming;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/**
 * The learning curve of a run: bits per dimension by the number of images seen, as the run's
 * TensorBoard events tell it.
 *
 * @param training the curve of each step's batch, under the weights of that moment
 * @param validation the curve of the validation images, under the moving averages of the weights
 */
public record LearningCurve(SortedMap<Long, Double> training, SortedMap<Long, Double> validation) {
  private static final Logger log = LoggerFactory.getLogger(LearningCurve.class);

  /** The part of a file's name by which TensorBoard recognises event files. */
  private static final String EVENTS = "tfevents";

  /** The most bytes of an event. No event of ours comes near, so a longer one is foreign. */
  private static final int MOST_BYTES = 1 << 26;

  /** The most images that a run sees. */
  private static final long MOST_IMAGES = 1L << 53;

  /**
   * Reads the curve of a run, or of one stage of a run. Other files in its {@code events} folder
   * are skipped. A damaged file of events counts up to the damage. The log names both.
   *
   * @throws InputException if nothing was validated yet, or if no validation can be read because
   *     files of events are damaged
   */
  public static LearningCurve of(RunDirectory directory) {
    int batchSize = directory.run().getConfig().getTraining().getBatchSize();
    LearningCurve curve = new LearningCurve(new TreeMap<>(), new TreeMap<>());
    List<String> damaged = new ArrayList<>();
    // Sorted by name, and so by the time when each was begun.
    for (Path file : files(directory)) {
      try {
        curve.read(file, batchSize);
      } catch (IOException e) {
        damaged.add(
            file + ": is not a whole file of TensorBoard events: " + InputException.reason(e));
      }
    }
    if (curve.validation.isEmpty()) {
      throw new InputException(
          damaged.isEmpty()
              ? directory.path() + ": nothing has been validated yet; validation follows each epoch"
              : directory.path() + ": no validation can be read; " + String.join("; ", damaged));
    }
    damaged.forEach(file -> log.warn("{}; the rest of this file is left out", file));
    return curve;
  }

  private static List<Path> files(RunDirectory directory) {
    Map<Boolean, List<Path>> files;
    try (Stream<Path> all = Files.list(directory.events())) {
      files =
          all.filter(file -> !HiddenFile.is(file))
              .sorted()
              .collect(Collectors.partitioningBy(LearningCurve::hasEvents));
    } catch (NoSuchFileException e) {
      throw new InputException(directory.path() + ": training has not begun here", e);
    } catch (IOException e) {
      throw new InputException(
          directory.events() + ": cannot be read: " + InputException.reason(e), e);
    }
    if (!files.get(false).isEmpty()) {
      log.warn("skipped files that are not TensorBoard events: {}", files.get(false));
    }
    return files.get(true);
  }

  private static boolean hasEvents(Path file) {
    return Files.isRegularFile(file) && file.getFileName().toString().contains(EVENTS);
  }

  private void read(Path file, int batchSize) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Optional<byte[]> data = TfRecordFraming.read(in, MOST_BYTES);
      while (data.isPresent()) {
        Event event = Event.parseFrom(data.get());
        long images = images(event.getStep(), batchSize);
        if (event.hasSessionLog()) {
          // A run that is resumed at an earlier step takes the later steps again.
          training.tailMap(images + 1).clear();
          validation.tailMap(images + 1).clear();
        }
        event.getSummary().getValueList().forEach(value -> add(images, value));
        data = TfRecordFraming.read(in, MOST_BYTES);
      }
    } catch (EOFException e) {
      // The process was killed while it wrote the last event. All before it are whole.
    }
  }

  private static long images(long step, int batchSize) throws IOException {
    if (step < 0 || step > MOST_IMAGES / batchSize) {
      throw new IOException("it has an event of step " + step);
    }
    return step * batchSize;
  }

  private void add(long images, Summary.Value value) {
    double bits = value.getSimpleValue();
    switch (value.getTag()) {
      case TensorBoardLog.TRAINING -> training.put(images, bits);
      case TensorBoardLog.VALIDATION -> validation.put(images, bits);
      default -> {}
    }
  }
}
