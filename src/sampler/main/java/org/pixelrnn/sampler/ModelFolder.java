package org.pixelrnn.sampler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.records.ProtoText;

/**
 * The files of an exported model on disk.
 *
 * <pre>
 *   savedmodels/mnist-pixelcnn/            the model's folder
 *     1/                                   one version; the highest number is the newest
 *       saved_model.pb                     the graph and its signatures
 *       variables/                         the weights
 *       assets.extra/pixelrnn.textproto    where the model comes from
 *       assets.extra/tf_serving_warmup_requests
 *                                          what a server asks before it serves the version
 * </pre>
 */
public final class ModelFolder {
  private static final String GRAPH = "saved_model.pb";

  private ModelFolder() {}

  /**
   * Finds the newest version of a model.
   *
   * @param folder a model's folder, or the folder of one version
   * @return {@code folder} itself if it is a version; otherwise its version of the highest number
   * @throws NotAModelException if {@code folder} is missing or holds no version
   * @throws InputException if {@code folder} cannot be listed
   */
  public static Path version(Path folder) {
    if (Files.exists(folder.resolve(GRAPH))) {
      return folder;
    }
    if (!Files.isDirectory(folder)) {
      throw new NotAModelException(
          folder + ": no such folder; expected a model's folder or one of its versions");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("[0-9]{1,18}"))
          .filter(entry -> Files.exists(entry.resolve(GRAPH)))
          .max(Comparator.comparingLong(entry -> Long.parseLong(entry.getFileName().toString())))
          .orElseThrow(
              () ->
                  new NotAModelException(
                      folder
                          + ": no "
                          + GRAPH
                          + " in it or in a numbered folder inside it; expected an exported"
                          + " model"));
    } catch (UncheckedIOException e) {
      throw new InputException(
          folder + ": cannot be listed: " + InputException.reason(e.getCause()), e);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be listed: " + InputException.reason(e), e);
    }
  }

  /** True if a version has weights. */
  static boolean hasWeights(Path version) {
    return Files.exists(version.resolve("variables").resolve("variables.index"));
  }

  /**
   * The file in which an export says where the model comes from: a {@link Provenance} as protobuf
   * text.
   *
   * @param version the folder of one version
   */
  public static Path provenanceFile(Path version) {
    return version.resolve("assets.extra").resolve("pixelrnn.textproto");
  }

  /**
   * The file of the requests that warm up a version, as TensorFlow Serving reads it: a TFRecord
   * file of {@link org.pixelrnn.proto.serving.PredictionLog} messages, one for each signature.
   * Earlier exports have none.
   *
   * @param version the folder of one version
   */
  public static Path warmupFile(Path version) {
    return version.resolve("assets.extra").resolve("tf_serving_warmup_requests");
  }

  /**
   * Reads where a model comes from.
   *
   * @param version the folder of one version
   * @return empty if the export has no such file
   * @throws InputException if the file cannot be read, or is not a {@link Provenance} message
   */
  public static Optional<Provenance> provenance(Path version) {
    Path file = provenanceFile(version);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ProtoText.read(file, Provenance.class));
    } catch (IOException e) {
      throw new InputException(
          file + ": " + InputException.reason(e) + "; expected a Provenance message", e);
    }
  }
}
