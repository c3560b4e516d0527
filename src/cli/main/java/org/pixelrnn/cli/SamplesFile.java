package org.pixelrnn.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.NumberedPictures;
import picocli.CommandLine.ITypeConverter;

/**
 * Reads the value of {@code --out} of commands that sample: a picture, as {@link PictureFile} reads
 * it, or {@link NumberedPictures}. What cannot be written is refused beforehand.
 */
final class SamplesFile implements ITypeConverter<Path> {
  @Override
  public Path convert(String value) {
    Optional<NumberedPictures> numbered =
        value.endsWith("/") ? Optional.empty() : NumberedPictures.of(Path.of(value));
    if (numbered.isEmpty()) {
      return new PictureFile().convert(value);
    }
    ImageFile.checkWritable(numbered.get().file(0));
    return Path.of(value);
  }
}
