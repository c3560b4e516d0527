package org.pixelrnn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.OutputFile;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;

/** Reads the value of {@code --out}, and refuses it before there is anything to write. */
final class PictureFile implements ITypeConverter<Path> {
  /**
   * Turns the value into a path.
   *
   * @throws InputException if no picture can be written there, see {@link ImageFile#checkWritable}
   */
  @Override
  public Path convert(String value) {
    // A path forgets the slash.
    if (value.endsWith("/")) {
      throw new InputException("--out " + value + ": it is a folder; expected a file");
    }
    Path file = Path.of(value);
    ImageFile.checkWritable(file);
    return file;
  }

  /** True if the picture goes where the command's words would go. */
  static boolean isStandardOutput(Path out) {
    return OutputFile.isStandardOutput(out) && !out.equals(Path.of("/dev/null"));
  }

  /**
   * Where a command that writes a picture prints: to standard error if the picture takes the place.
   */
  static PrintWriter words(CommandSpec spec, Path out) {
    return isStandardOutput(out) ? spec.commandLine().getErr() : spec.commandLine().getOut();
  }

  /**
   * Checks that the picture does not go where the JSON object goes.
   *
   * @param json true if there is a JSON object
   * @throws InputException if it does
   */
  static void checkJson(boolean json, Path out) {
    if (json && isStandardOutput(out)) {
      throw new InputException(
          "--out " + out + ": --json takes standard output for itself; expected another file");
    }
  }
}
