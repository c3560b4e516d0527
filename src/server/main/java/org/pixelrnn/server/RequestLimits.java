package org.pixelrnn.server;

import java.time.Duration;
import org.pixelrnn.image.InputException;

/**
 * The limits of a server. A request over a limit is refused; it disturbs no other request.
 *
 * @param images the most images of a request
 * @param bytes the most bytes of the body of a request
 * @param running the most requests that are answered at the same time
 * @param waiting the most requests that wait until they are answered
 * @param time the longest time of a request, from its first byte to the last byte of the answer
 */
public record RequestLimits(int images, long bytes, int running, int waiting, Duration time) {
  /** The time of a request is counted in nanoseconds, which fit 64 bits for some centuries. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * Checks the ranges.
   *
   * @throws InputException if {@code waiting} is negative, if any other limit is not positive, if
   *     {@code bytes} is 2^31 or more, or if {@code time} is longer than a year
   */
  public RequestLimits {
    check("images a request", images, 1);
    check("bytes a request", bytes, 1);
    check("requests at once", running, 1);
    check("waiting requests", waiting, 0);
    check("milliseconds a request", time.toMillis(), 1);
    if (time.compareTo(LONGEST) > 0) {
      throw new InputException(
          "seconds a request = " + time.toSeconds() + "; expected at most " + LONGEST.toSeconds());
    }
    if (bytes > Integer.MAX_VALUE) {
      throw new InputException(
          "bytes a request = " + bytes + "; expected at most " + Integer.MAX_VALUE);
    }
  }

  /** 64 images and 16 MiB a request, 64 requests at once, 256 that wait, 60 seconds a request. */
  public static RequestLimits defaults() {
    return new RequestLimits(64, 16L << 20, 64, 256, Duration.ofSeconds(60));
  }

  private static void check(String what, long value, long least) {
    if (value < least) {
      throw new InputException(what + " = " + value + "; expected at least " + least);
    }
  }
}
