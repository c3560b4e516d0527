package org.pixelrnn.records;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;

/** Records come back as they were written, and damage is noticed. */
class TfRecordFramingTest {

  /** The bytes were computed from the format's definition, by another program. */
  @Example
  void aRecordIsFramedAsTheFormatSays() throws IOException {
    assertEquals(
        "0300000000000000" + "b099490e" + "616263" + "6e57f121",
        HexFormat.of().formatHex(framed(List.of("abc".getBytes(US_ASCII)))));
  }

  @Property
  void recordsComeBackInOrder(@ForAll List<byte[]> records) throws IOException {
    InputStream in = new ByteArrayInputStream(framed(records));
    for (byte[] record : records) {
      assertArrayEquals(record, TfRecordFraming.read(in).orElseThrow());
    }
    assertTrue(TfRecordFraming.read(in).isEmpty());
  }

  @Property
  void aRecordThatIsCutShortIsNoticed(@ForAll byte[] record, @ForAll @IntRange(min = 1) int cut)
      throws IOException {
    byte[] whole = framed(List.of(record));
    int length = 1 + cut % (whole.length - 1);
    InputStream in = new ByteArrayInputStream(Arrays.copyOf(whole, length));
    assertThrows(EOFException.class, () -> TfRecordFraming.read(in));
  }

  @Property
  void aChangedByteIsNoticed(
      @ForAll @NotEmpty byte[] record,
      @ForAll @IntRange(min = 0) int at,
      @ForAll @IntRange(min = 1, max = 255) int change)
      throws IOException {
    byte[] damaged = framed(List.of(record));
    damaged[at % damaged.length] ^= (byte) change;
    InputStream in = new ByteArrayInputStream(damaged);
    assertThrows(IOException.class, () -> TfRecordFraming.read(in));
  }

  /** A header may promise any length; only the bytes that are there take memory. */
  @Property
  void anyPromisedLengthIsNoticed(@ForAll long length) throws IOException {
    byte[] header = framed(List.of(new byte[0]));
    ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    bytes.putInt(8, TfRecordFraming.checksum(Arrays.copyOf(header, 8)));
    assertEquals(length, TfRecordFraming.length(header).orElseThrow());
    InputStream in = new ByteArrayInputStream(header);
    if (length == 0) {
      assertEquals(0, TfRecordFraming.read(in).orElseThrow().length);
    } else {
      assertThrows(IOException.class, () -> TfRecordFraming.read(in));
    }
  }

  private static byte[] framed(List<byte[]> records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] record : records) {
      TfRecordFraming.write(out, record);
    }
    return out.toByteArray();
  }
}
