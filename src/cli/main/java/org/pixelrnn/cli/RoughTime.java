package org.pixelrnn.cli;

import java.util.Locale;

/** A length of time in the one unit that fits it best, for instance {@code 72 days}. */
final class RoughTime {
  private static final double MINUTE = 60;
  private static final double HOUR = 60 * MINUTE;
  private static final double DAY = 24 * HOUR;

  private RoughTime() {}

  /** Numbers below 10 have one decimal. */
  static String of(double seconds) {
    if (seconds < 2 * MINUTE) {
      return in(seconds, "seconds");
    } else if (seconds < 2 * HOUR) {
      return in(seconds / MINUTE, "minutes");
    } else if (seconds < 2 * DAY) {
      return in(seconds / HOUR, "hours");
    }
    return in(seconds / DAY, "days");
  }

  private static String in(double number, String unit) {
    return String.format(Locale.ROOT, number < 9.95 ? "%.1f %s" : "%.0f %s", number, unit);
  }
}
