package org.pixelrnn.records;

import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Files that a desktop or a tool leaves in a folder. Their names begin with a dot ({@code
 * .DS_Store}, {@code ._photo.png}, {@code .git}), or Windows has put them there ({@code Thumbs.db},
 * {@code desktop.ini}). They are skipped wherever all files of a folder are read.
 */
public final class HiddenFile {
  private static final ImmutableSet<String> OF_WINDOWS =
      ImmutableSet.of("thumbs.db", "desktop.ini");

  private HiddenFile() {}

  /** True if this file or folder is to be skipped. */
  public static boolean is(Path path) {
    if (path.getFileName() == null) {
      return false;
    }
    String name = path.getFileName().toString();
    return name.startsWith(".") || OF_WINDOWS.contains(name.toLowerCase(Locale.ROOT));
  }
}
