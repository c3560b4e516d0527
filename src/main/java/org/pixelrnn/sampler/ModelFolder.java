package org.pixelrnn.sampler;

import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Provenance;

/** Where an exported model is: a folder of numbered versions, or one version itself. */
public final class ModelFolder {
  private static final String GRAPH = "saved_model.pb";
  private static final String PROVENANCE = "assets.extra/pixelrnn.textproto";

  private ModelFolder() {}

  /**
   * The version that is meant: {@code folder} itself, or the highest number in it.
   *
   * @throws InputException if there is none
   */
  public static Path version(Path folder) {
    if (Files.exists(folder.resolve(GRAPH))) {
      return folder;
    }
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          folder + ": no such folder; expected a model folder or one of its versions");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("[0-9]{1,18}"))
          .filter(entry -> Files.exists(entry.resolve(GRAPH)))
          .max(Comparator.comparingLong(entry -> Long.parseLong(entry.getFileName().toString())))
          .orElseThrow(
              () ->
                  new InputException(
                      folder
                          + ": no "
                          + GRAPH
                          + " in it or in a numbered folder inside it;"
                          + " expected a model that was written by `pixelrnn export`"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the exporter has written about the model, if it has.
   *
   * @throws InputException if it is something else
   */
  public static Optional<Provenance> provenance(Path version) {
    Path file = version.resolve(PROVENANCE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(TextFormat.parse(Files.readString(file), Provenance.class));
    } catch (TextFormat.ParseException e) {
      throw new InputException(file + ": " + e.getMessage() + "; expected a Provenance message", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
