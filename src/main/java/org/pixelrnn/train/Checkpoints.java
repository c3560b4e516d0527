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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelrnn.proto.v1.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: {@code step-00000600/variables.*} in TensorFlow's own format, each with
 * a manifest of digests.
 *
 * <p>A checkpoint is written under a temporary name and renamed when it is whole, so that a kill at
 * any moment leaves either all of it or none that is ever read. The last few are kept, and the one
 * with the lowest validated negative log-likelihood.
 */
public final class Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);
  private static final String VARIABLES = "variables";
  private static final String MANIFEST = "manifest.textproto";
  private static final String UNFINISHED = ".tmp";

  private final Path folder;
  private final int keep;

  /** A checkpoint that is whole: where it is and what its manifest says. */
  public record Stored(Path folder, Checkpoint manifest) {
    /** What TensorFlow calls a checkpoint's path: without the endings of its files. */
    Path prefix() {
      return folder.resolve(VARIABLES);
    }
  }

  /**
   * The checkpoints of a folder, which need not exist yet.
   *
   * @param keep how many of the last ones to keep, at least 1
   */
  Checkpoints(Path folder, int keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * Writes a checkpoint of all variables, then deletes those that need not be kept.
   *
   * @param manifest with its step and, if known, its validation
   * @throws IOException if it cannot be written; earlier checkpoints are then as they were
   */
  void save(TrainingGraph graph, Checkpoint manifest) throws IOException {
    Path target = folder.resolve(String.format("step-%08d", manifest.getStep()));
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
      // A damaged one of this step was passed over when the run was resumed.
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
              // Without the node and the hint that TensorFlow adds.
              + String.valueOf(e.getMessage()).split(" \\[\\[|\\R", 2)[0],
          e);
    }
    prune();
  }

  /** All whole checkpoints, first steps first. */
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

  /** The last one, to go on from. */
  public Optional<Stored> last() throws IOException {
    List<Stored> all = all();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** The one with the lowest validated negative log-likelihood; the last if none was validated. */
  public Optional<Stored> best() throws IOException {
    Optional<Stored> best = best(all());
    return best.isPresent() ? best : last();
  }

  private static Optional<Stored> best(List<Stored> all) {
    return all.stream()
        .filter(stored -> stored.manifest.hasValidation())
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

  /** A checkpoint whose files are all there with their digests; a damaged one is passed over. */
  private static Optional<Stored> read(Path checkpoint) throws IOException {
    try {
      Checkpoint manifest =
          TextFormat.parse(Files.readString(checkpoint.resolve(MANIFEST)), Checkpoint.class);
      for (Map.Entry<String, String> digest : manifest.getDigestMap().entrySet()) {
        Path file = checkpoint.resolve(digest.getKey());
        if (!sha256(file).equals(digest.getValue())) {
          log.warn("{} is damaged and is passed over: {} has changed", checkpoint, file);
          return Optional.empty();
        }
      }
      return Optional.of(new Stored(checkpoint, manifest));
    } catch (NoSuchFileException | TextFormat.ParseException e) {
      log.warn("{} is damaged and is passed over: {}", checkpoint, e.getMessage());
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
