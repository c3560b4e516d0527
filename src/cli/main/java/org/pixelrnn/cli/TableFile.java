package org.pixelrnn.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pixelrnn.image.InputException;
import org.pixelrnn.records.OutputFile;
import picocli.CommandLine.ITypeConverter;

/** Reads the value of {@code --out} for a table, and refuses it before there is a table. */
final class TableFile implements ITypeConverter<Path> {
  /**
   * Turns the value into a path.
   *
   * @throws InputException if no file can be written there, see {@link OutputFile#check}
   */
  @Override
  public Path convert(String value) {
    // A path forgets the slash.
    if (value.endsWith("/")) {
      throw new InputException("--out " + value + ": it is a folder; expected a file");
    }
    Path file = Path.of(value);
    try {
      OutputFile.check(file);
    } catch (IOException e) {
      throw notWritable(file, e);
    }
    return file;
  }

  /**
   * Writes a table in UTF-8.
   *
   * @throws InputException if it cannot be written; the file is then as it was
   */
  static void write(String table, Path file) {
    try {
      OutputFile.write(table.getBytes(StandardCharsets.UTF_8), file);
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  private static InputException notWritable(Path file, IOException e) {
    return new InputException(
        "table " + file + ": cannot be written: " + InputException.reason(e), e);
  }
}
