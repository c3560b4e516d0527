package org.pixelrnn.train;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/**
 * How well a network did in the course of its training, as {@link EventLog} has written it down:
 * bits per dimension by the number of images seen.
 *
 * @param training of each step's batch, under the weights of that moment
 * @param validation of the validation images, under the averaged weights
 */
public record LearningCurve(SortedMap<Long, Double> training, SortedMap<Long, Double> validation) {
  private static final int CHECK_SUM_BYTES = 4;

  /**
   * The curve of a run, or of a stage of one.
   *
   * @throws InputException if there is none yet, or it cannot be read
   */
  public static LearningCurve of(RunDirectory directory) {
    int batchSize = directory.run().getConfig().getTraining().getBatchSize();
    LearningCurve curve = new LearningCurve(new TreeMap<>(), new TreeMap<>());
    try (Stream<Path> files = Files.list(directory.events())) {
      // They are named by the time at which they were begun.
      for (Path file : files.sorted().toList()) {
        curve.read(file, batchSize);
      }
    } catch (NoSuchFileException e) {
      throw new InputException(directory.path() + ": training has not begun here", e);
    } catch (IOException e) {
      throw new InputException(
          directory.events() + ": cannot be read: " + InputException.reason(e), e);
    }
    if (curve.validation.isEmpty()) {
      throw new InputException(
          directory.path() + ": nothing was validated yet, which happens after each epoch");
    }
    return curve;
  }

  private void read(Path file, int batchSize) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      while (true) {
        byte[] data = new byte[(int) Long.reverseBytes(in.readLong())];
        in.skipNBytes(CHECK_SUM_BYTES);
        in.readFully(data);
        in.skipNBytes(CHECK_SUM_BYTES);
        Event event = Event.parseFrom(data);
        long images = event.getStep() * batchSize;
        if (event.hasSessionLog()) {
          // A run that goes on from an earlier step takes the later ones once more.
          training.tailMap(images + 1).clear();
          validation.tailMap(images + 1).clear();
        }
        event.getSummary().getValueList().forEach(value -> add(images, value));
      }
    } catch (EOFException endedOrCutOffByAKill) {
      // What came before is whole.
    }
  }

  private void add(long images, Summary.Value value) {
    double bits = value.getSimpleValue();
    switch (value.getTag()) {
      case EventLog.TRAINING -> training.put(images, bits);
      case EventLog.VALIDATION -> validation.put(images, bits);
      default -> {}
    }
  }

  /** The training curve as means over ranges of so many images. */
  SortedMap<Long, Double> smoothed(long images) {
    SortedMap<Long, Double> means = new TreeMap<>();
    for (long from = 0; from <= training.lastKey(); from += images) {
      SortedMap<Long, Double> range = training.subMap(from, from + images);
      if (!range.isEmpty()) {
        double mean = range.values().stream().mapToDouble(v -> v).average().orElseThrow();
        means.put(from + images / 2, mean);
      }
    }
    return means;
  }
}
