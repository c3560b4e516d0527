package org.pixelrnn.train;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import javax.imageio.ImageIO;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/**
 * Curves and pictures for TensorBoard: a file of {@code Event} messages in TFRecord framing, each
 * with its length and CRC-32C checksums.
 */
final class EventLog implements AutoCloseable {
  /** The curve of a step's batch, in bits per dimension. */
  static final String TRAINING = "training/bits_per_dim";

  /** The curve of the validation images, in bits per dimension. */
  static final String VALIDATION = "validation/bits_per_dim";

  private static final int CRC_MASK = 0xa282ead8;

  private final OutputStream out;

  /**
   * Begins a file of its own in a folder.
   *
   * @param step where the run begins or goes on; events of later steps from before are void
   */
  EventLog(Path folder, long step) throws IOException {
    Files.createDirectories(folder);
    Instant now = Instant.now();
    // A run stopped and resumed within a second must not write into the same file.
    String name =
        "events.out.tfevents.%010d.%09d.pixelrnn".formatted(now.getEpochSecond(), now.getNano());
    out = new BufferedOutputStream(Files.newOutputStream(folder.resolve(name)));
    write(event(0).setFileVersion("brain.Event:2"));
    write(
        event(step)
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
    flush();
  }

  /** Adds points to curves, by the curves' names. */
  void scalars(long step, Map<String, Double> values) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    values.forEach(
        (tag, value) -> summary.addValueBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    write(event(step).setSummary(summary));
  }

  /** Adds a picture. */
  void picture(long step, String tag, java.awt.image.BufferedImage picture) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", png);
    Summary.Image.Builder image =
        Summary.Image.newBuilder()
            .setHeight(picture.getHeight())
            .setWidth(picture.getWidth())
            .setColorspace(3)
            .setEncodedImageString(ByteString.copyFrom(png.toByteArray()));
    write(
        event(step)
            .setSummary(
                Summary.newBuilder()
                    .addValue(Summary.Value.newBuilder().setTag(tag).setImage(image))));
    flush();
  }

  /** Hands what was added to the operating system, for those who look on. */
  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static Event.Builder event(long step) {
    return Event.newBuilder().setWallTime(System.currentTimeMillis() / 1000.0).setStep(step);
  }

  private void write(Event.Builder event) throws IOException {
    byte[] data = event.build().toByteArray();
    byte[] length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    out.write(length);
    out.write(maskedCrc(length));
    out.write(data);
    out.write(maskedCrc(data));
  }

  private static byte[] maskedCrc(byte[] bytes) {
    int crc = Hashing.crc32c().hashBytes(bytes).asInt();
    int masked = Integer.rotateRight(crc, 15) + CRC_MASK;
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
  }
}
