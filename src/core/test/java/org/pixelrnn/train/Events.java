package org.pixelrnn.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pixelrnn.records.TfRecordFraming;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/** Reads TensorBoard events back. */
final class Events {
  private Events() {}

  /** All events of a folder, file by file. */
  static List<Event> read(Path folder) throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          Optional<byte[]> data = TfRecordFraming.read(in);
          while (data.isPresent()) {
            events.add(Event.parseFrom(data.get()));
            data = TfRecordFraming.read(in);
          }
        }
      }
    }
    return events;
  }

  /** A curve by step; a later file's points replace an earlier one's. */
  static SortedMap<Long, Float> curve(Path folder, String tag) throws IOException {
    SortedMap<Long, Float> curve = new TreeMap<>();
    for (Event event : read(folder)) {
      for (Summary.Value value : event.getSummary().getValueList()) {
        if (value.getTag().equals(tag)) {
          curve.put(event.getStep(), value.getSimpleValue());
        }
      }
    }
    return curve;
  }
}
