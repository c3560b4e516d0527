package org.pixelrnn.records;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Messages in files, as protobuf text. The text is UTF-8. */
public final class ProtoText {
  /** The most bytes of a file. No message of ours comes near, so a longer file is another one. */
  private static final long MOST_BYTES = 16 << 20;

  private ProtoText() {}

  /**
   * Reads a message.
   *
   * @throws IOException if the file cannot be read, is too long, is not UTF-8, or is not such a
   *     message; the exception says which, in one line
   */
  public static <T extends Message> T read(Path file, Class<T> type) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("it is longer than any such file, " + Files.size(file) + " bytes");
    }
    try {
      return TextFormat.parse(Files.readString(file), type);
    } catch (CharacterCodingException e) {
      throw new IOException("it is not text (UTF-8)", e);
    } catch (TextFormat.ParseException e) {
      throw new IOException(e.getMessage().replaceAll("\\s+", " "), e);
    }
  }

  /**
   * Writes a message, whole or not at all.
   *
   * @throws IOException if it cannot be written, or the disk is full; the file stays as it was
   */
  public static void write(Path file, Message message) throws IOException {
    WholeFiles.write(
        file, TextFormat.printer().printToString(message).getBytes(StandardCharsets.UTF_8));
  }
}
