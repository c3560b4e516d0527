package org.pixelrnn.model.graph;

import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Latin digits in the names of a graph's nodes. TensorFlow Java numbers the nodes of one kind with
 * the default locale's digits, {@code Const_١} in Egypt, and TensorFlow then refuses these names.
 *
 * <p>If the default locale has other digits, the process has the default locale for formatting with
 * Latin digits while graphs are built. Nothing is changed in other locales.
 */
public final class LatinDigits {
  /** The number of builds that are under way, on all threads. */
  private static int builds;

  /** The default locale of the program, while graphs are built. */
  private static Locale usual;

  /** The locale that takes its place. */
  private static Locale latin;

  private LatinDigits() {}

  /** Builds a graph, or a part of one. */
  public static <T> T during(Supplier<T> build) {
    begin();
    try {
      return build.get();
    } finally {
      end();
    }
  }

  /** Builds a graph, or a part of one. */
  public static void during(Runnable build) {
    begin();
    try {
      build.run();
    } finally {
      end();
    }
  }

  private static synchronized void begin() {
    if (builds++ == 0) {
      usual = Locale.getDefault(Locale.Category.FORMAT);
      latin = withLatinDigits(usual);
      Locale.setDefault(Locale.Category.FORMAT, latin);
    }
  }

  private static Locale withLatinDigits(Locale locale) {
    return DecimalFormatSymbols.getInstance(locale).getZeroDigit() == '0'
        ? locale
        : Locale.forLanguageTag(locale.getLanguage() + "-u-nu-latn");
  }

  private static synchronized void end() {
    // The program may have changed its default locale meanwhile.
    if (--builds == 0 && Locale.getDefault(Locale.Category.FORMAT).equals(latin)) {
      Locale.setDefault(Locale.Category.FORMAT, usual);
    }
  }
}
