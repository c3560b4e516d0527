package org.pixelrnn.train;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/** Reads TensorBoard events back, as the format's description has it. */
final class Events {
  private Events() {}

  /** All events of a folder, by file and then in order. */
  static List<Event> read(Path folder) throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          byte[] length = next(bytes, 8);
          byte[] data =
              next(bytes, (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
          events.add(Event.parseFrom(data));
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

  /** So many bytes, whose checksum follows: ((crc >> 15 | crc << 17) + 0xa282ead8). */
  private static byte[] next(ByteBuffer bytes, int count) {
    byte[] data = new byte[count];
    bytes.get(data);
    int crc = Hashing.crc32c().hashBytes(data).asInt();
    Assertions.assertEquals((crc >>> 15 | crc << 17) + 0xa282ead8, bytes.getInt(), "checksum");
    return data;
  }
}
