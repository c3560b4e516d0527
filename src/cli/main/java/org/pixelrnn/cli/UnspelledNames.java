package org.pixelrnn.cli;

import java.util.Arrays;
import java.util.Optional;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.PathText;

/**
 * Names of files that the locale cannot spell. Java has lost their bytes before this program
 * begins, so that such files cannot be found. The launcher chooses a locale that can spell all
 * names in UTF-8.
 */
final class UnspelledNames {
  /** Java replaces bytes that the locale's encoding does not know by this character. */
  private static final String LOST = "\uFFFD";

  private UnspelledNames() {}

  /**
   * Says what Java cannot read, and what to do: a word of the command line, or the name of the
   * working directory. In such a directory, classes of Java itself fail. Empty if all is well.
   */
  static Optional<InputException> among(String... words) {
    return Arrays.stream(words)
        .filter(word -> word.contains(LOST))
        .findFirst()
        .map(word -> "'" + word.replace(LOST, "?") + "': Java cannot read this name")
        .or(
            () ->
                PathText.isWorkingDirectoryKnown()
                    ? Optional.empty()
                    : Optional.of("the working directory is gone, or Java cannot read its name"))
        .map(what -> new InputException(what + "; " + remedy()));
  }

  private static String remedy() {
    String encoding = System.getProperty("sun.jnu.encoding", "unknown");
    return encoding.equals("UTF-8")
        ? "it is not UTF-8, so give it another name, or a link with another name"
        : "the encoding of this locale is " + encoding + ", so set LC_ALL=C.UTF-8";
  }
}
