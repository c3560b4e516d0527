package org.pixelrnn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.pixelrnn.image.InputException;

/**
 * Damages a file at random, many times, and reads each damaged file, the mutant. A reading either
 * succeeds or throws an {@link InputException} whose message is one line that names the file. It
 * takes at most {@value #MOST_SECONDS} seconds of one core and allocates at most {@value
 * #MOST_BYTES} bytes.
 *
 * <p>The same name and number always give the same mutant. A mutant that is read wrongly is kept in
 * {@code target/mutants}.
 */
public final class Mutants {
  private static final int MOST_SECONDS = 5;
  private static final long MOST_BYTES = 1 << 30;

  /** The machine may be busy, so the clock may run longer than the core. */
  private static final int PATIENCE = 60;

  /** Numbers that readers are likely to stumble over. */
  private static final int[] NUMBERS = {
    0,
    1,
    -1,
    2,
    255,
    256,
    32_767,
    32_768,
    65_535,
    65_536,
    1 << 24,
    100_000_000,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE
  };

  private static final List<String> WORDS =
      List.of(
          "-1",
          "0",
          "99999999999999999999",
          "nan",
          "-inf",
          "1e999",
          "{",
          "}",
          "\"",
          "<",
          ":",
          "#",
          "true",
          "\\377",
          " x: 1 ",
          "[a.b] {}",
          "\n");

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final String name;
  private final byte[] whole;
  private final UnaryOperator<byte[]> frame;

  private Mutants(String name, byte[] whole, UnaryOperator<byte[]> frame) {
    this.name = name;
    this.whole = whole;
    this.frame = frame;
  }

  /**
   * The mutants of a file.
   *
   * @param name names the file in messages
   */
  public static Mutants of(String name, byte[] whole) {
    return new Mutants(name, whole, UnaryOperator.identity());
  }

  /**
   * The mutants of a part of a file.
   *
   * @param frame makes the file of the damaged part: adds lengths and checksums, for instance
   */
  public static Mutants of(String name, byte[] part, UnaryOperator<byte[]> frame) {
    return new Mutants(name, part, frame);
  }

  /**
   * Reads mutants.
   *
   * @param count the number of mutants
   * @param file the file to write each mutant to
   * @param reading reads the file
   */
  public void check(int count, Path file, Runnable reading) throws IOException {
    check(count, file, file, reading);
  }

  /**
   * Reads mutants of a file whose folder is read as a whole.
   *
   * @param count the number of mutants
   * @param file the file to write each mutant to
   * @param named the file or folder that messages name
   * @param reading reads the folder
   */
  public void check(int count, Path file, Path named, Runnable reading) throws IOException {
    ExecutorService reader = Executors.newSingleThreadExecutor(Mutants::daemon);
    try {
      Files.write(file, frame.apply(whole));
      reading.run();
      for (int number = 0; number < count; number++) {
        byte[] mutant = frame.apply(mutant(number));
        Files.write(file, mutant);
        check(number, mutant, named, reader, reading);
      }
    } finally {
      reader.shutdownNow();
      Files.write(file, frame.apply(whole));
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "mutants");
    thread.setDaemon(true);
    return thread;
  }

  private void check(
      int number, byte[] mutant, Path named, ExecutorService reader, Runnable reading)
      throws IOException {
    String which = name + ", mutant " + number;
    boolean passed = false;
    Future<?> done = reader.submit(() -> measured(which, named, reading));
    try {
      done.get(PATIENCE, TimeUnit.SECONDS);
      passed = true;
    } catch (TimeoutException e) {
      throw new AssertionError(which + ": hangs", e);
    } catch (ExecutionException e) {
      throw new AssertionError(which + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      if (!passed) {
        Path kept = Files.createDirectories(Path.of("target", "mutants"));
        Files.write(kept.resolve(name.replace(' ', '-') + "." + number), mutant);
      }
    }
  }

  private void measured(String which, Path named, Runnable reading) {
    long id = Thread.currentThread().getId();
    long bytes = threads.getThreadAllocatedBytes(id);
    long nanos = threads.getCurrentThreadCpuTime();
    try {
      reading.run();
    } catch (InputException e) {
      assertTrue(e.getMessage().contains(named.toString()), which + ": " + e.getMessage());
      assertFalse(e.getMessage().contains("\n"), which + ": " + e.getMessage());
    }
    double seconds = (threads.getCurrentThreadCpuTime() - nanos) / 1e9;
    assertTrue(seconds <= MOST_SECONDS, which + ": " + seconds + " seconds");
    long allocated = threads.getThreadAllocatedBytes(id) - bytes;
    assertTrue(allocated <= MOST_BYTES, which + ": " + allocated + " bytes");
  }

  /** The damaged part of mutant {@code number}. */
  private byte[] mutant(int number) {
    SplittableRandom random = new SplittableRandom(31L * name.hashCode() + number);
    byte[] mutant = whole.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && mutant.length > 0; changes--) {
      mutant = changed(mutant, random);
    }
    return mutant;
  }

  private static byte[] changed(byte[] before, SplittableRandom random) {
    // Headers are where most of the meaning is.
    int end = random.nextBoolean() ? Math.min(64, before.length) : before.length;
    int at = random.nextInt(end);
    int length =
        Math.min(1 + random.nextInt(random.nextInt(10) == 0 ? 1000 : 8), before.length - at);
    byte[] mutant = before.clone();
    switch (random.nextInt(9)) {
      case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> mutant[at] = (byte) random.nextInt(256);
      case 2 -> number(mutant, at, random);
      case 3 -> mutant = replaced(before, at, 0, Arrays.copyOfRange(before, at, at + length));
      case 4 -> mutant = replaced(before, at, length, new byte[0]);
      case 5 -> mutant = Arrays.copyOf(before, at);
      case 6 -> Arrays.fill(mutant, at, at + length, (byte) random.nextInt(256));
      case 7 -> {
        int from = random.nextInt(before.length - length + 1);
        System.arraycopy(before, from, mutant, at, length);
      }
      default ->
          mutant =
              replaced(
                  before,
                  at,
                  random.nextBoolean() ? length : 0,
                  WORDS.get(random.nextInt(WORDS.size())).getBytes(US_ASCII));
    }
    return mutant;
  }

  private static void number(byte[] mutant, int at, SplittableRandom random) {
    ByteBuffer bytes = ByteBuffer.wrap(mutant, at, mutant.length - at);
    bytes.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int number = NUMBERS[random.nextInt(NUMBERS.length)];
    if (random.nextBoolean() && bytes.remaining() >= Integer.BYTES) {
      bytes.putInt(number);
    } else if (bytes.remaining() >= Short.BYTES) {
      bytes.putShort((short) number);
    }
  }

  private static byte[] replaced(byte[] before, int at, int length, byte[] by) {
    return ByteBuffer.allocate(before.length - length + by.length)
        .put(before, 0, at)
        .put(by)
        .put(before, at + length, before.length - at - length)
        .array();
  }
}
