package org.pixelrnn.train;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * The checkpoints of a run. Each is a folder:
 *
 * <pre>
 *   step-00000600/
 *     variables.*           all variables, in TensorFlow's checkpoint format
 *     manifest.textproto    the step, the validation, and the SHA-256 of each file
 * </pre>
 *
 * <p>A checkpoint is written under a temporary name and renamed when it is whole. If the process is
 * killed meanwhile, the unfinished checkpoint is never read. The last few checkpoints are kept, and
 * the one with the lowest validated negative log-likelihood.
 */
final class Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);
  private static final String VARIABLES = "variables";
  private static final String MANIFEST = "manifest.textproto";
  private static final String UNFINISHED = ".tmp";

  private final Path folder;
  private final int keep;

  /** A checkpoint that is whole. */
  record Stored(Path folder, Checkpoint manifest) {
    /** The checkpoint's path as TensorFlow takes it: without the endings of its files. */
    Path prefix() {
      return folder.resolve(VARIABLES);
    }

    /** The validation of its weights, if they were validated. */
    Optional<Likelihood> validation() {
      return manifest.hasValidation() ? Optional.of(manifest.getValidation()) : Optional.empty();
    }
  }

  /**
   * The checkpoints of a folder. The folder need not exist yet.
   *
   * @param keep the number of last checkpoints to keep, at least 1
   */
  Checkpoints(Path folder, int keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * Writes a checkpoint of all variables, then deletes the checkpoints that need not be kept.
   *
   * @param manifest the step
   * @return the checkpoint's folder
   * @throws IOException if it cannot be written; earlier checkpoints stay as they were
   */
  Path save(TrainingGraph graph, Checkpoint manifest) throws IOException {
    Path target = folder(manifest.getStep());
    Path unfinished = folder.resolve(target.getFileName() + UNFINISHED);
    delete(unfinished);
    Files.createDirectories(unfinished);
    try {
      graph.save(unfinished.resolve(VARIABLES));
      Checkpoint.Builder complete = manifest.toBuilder();
      for (Path file : list(unfinished)) {
        complete.putDigest(file.getFileName().toString(), sha256(file));
      }
      Files.writeString(unfinished.resolve(MANIFEST), TextFormat.printer().printToString(complete));
      // There is one already if it was damaged, and the run was resumed from an earlier one.
      delete(target);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      delete(unfinished);
      throw new IOException(
          "the checkpoint of step "
              + manifest.getStep()
              + " could not be written to "
              + folder
              + ": "
              + reason(e),
          e);
    }
    prune();
    return target;
  }

  private static String reason(Exception e) {
    if (e instanceof IOException io) {
      return InputException.reason(io);
    }
    // TensorFlow adds the name of the failed node in brackets.
    return e instanceof TensorFlowException tensorFlow
        ? InputException.reason(tensorFlow).split(" \\[\\[", 2)[0]
        : String.valueOf(e.getMessage());
  }

  /**
   * Adds the validation of a saved checkpoint to its manifest.
   *
   * @throws IOException if it cannot be written; the checkpoint stays as it was
   */
  void validated(long step, Likelihood measured) throws IOException {
    Path manifest = folder(step).resolve(MANIFEST);
    Path unfinished = folder(step).resolve(MANIFEST + UNFINISHED);
    Checkpoint saved = TextFormat.parse(Files.readString(manifest), Checkpoint.class);
    Files.writeString(
        unfinished, TextFormat.printer().printToString(saved.toBuilder().setValidation(measured)));
    Files.move(unfinished, manifest, StandardCopyOption.ATOMIC_MOVE);
    prune();
  }

  private Path folder(long step) {
    return folder.resolve(String.format(Locale.ROOT, "step-%08d", step));
  }

  /** All whole checkpoints, in the order of their steps. */
  List<Stored> all() throws IOException {
    List<Stored> found = new ArrayList<>();
    for (Path checkpoint : list(folder)) {
      if (!checkpoint.toString().endsWith(UNFINISHED)) {
        read(checkpoint).ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparingLong(stored -> stored.manifest.getStep()));
    return found;
  }

  /** The last whole checkpoint, from which a run is resumed. */
  Optional<Stored> last() throws IOException {
    List<Stored> all = all();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /**
   * The checkpoint with the lowest validated negative log-likelihood; the last one if none was
   * validated.
   */
  Optional<Stored> best() throws IOException {
    Optional<Stored> best = best(all());
    return best.isPresent() ? best : last();
  }

  private static Optional<Stored> best(List<Stored> all) {
    return all.stream()
        .filter(stored -> stored.validation().isPresent())
        .min(
            Comparator.comparingDouble(
                stored -> stored.manifest.getValidation().getNatsPerImage()));
  }

  private void prune() throws IOException {
    List<Stored> all = all();
    Optional<Stored> best = best(all);
    for (Stored old : all.subList(0, Math.max(0, all.size() - keep))) {
      if (!best.equals(Optional.of(old))) {
        delete(old.folder);
      }
    }
  }

  /** Reads a checkpoint; empty if a file is missing or does not have its digest. */
  private static Optional<Stored> read(Path checkpoint) throws IOException {
    try {
      Checkpoint manifest =
          TextFormat.parse(Files.readString(checkpoint.resolve(MANIFEST)), Checkpoint.class);
      for (Map.Entry<String, String> digest : manifest.getDigestMap().entrySet()) {
        Path file = checkpoint.resolve(digest.getKey());
        if (!sha256(file).equals(digest.getValue())) {
          log.warn("{} is damaged and is skipped: {} has changed", checkpoint, file);
          return Optional.empty();
        }
      }
      return Optional.of(new Stored(checkpoint, manifest));
    } catch (NoSuchFileException | TextFormat.ParseException e) {
      log.warn("{} is damaged and is skipped: {}", checkpoint, e.getMessage());
      return Optional.empty();
    }
  }

  private static String sha256(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
