package org.pixelrnn.train;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.records.HiddenFile;
import org.pixelrnn.records.WholeFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run. Each is a folder:
 *
 * <pre>
 *   step-00000600/
 *     variables.*           all variables, in TensorFlow's checkpoint format
 *     manifest.textproto    the step, the validation, and the SHA-256 of each file
 * </pre>
 *
 * <p>A checkpoint is written under a temporary name, forced to the disk, and renamed when it is
 * whole. If the process is killed meanwhile, the unfinished checkpoint is never read. The last few
 * checkpoints are kept, and the one with the lowest validated negative log-likelihood.
 *
 * <p>Anything else in the folder stays where it is. It is passed over, with one warning that names
 * it.
 */
final class Checkpoints {
  private static final String UNFINISHED = ".tmp";
  private static final Pattern LEFTOVER = Pattern.compile("step-[0-9]+\\.tmp");

  private final Path folder;
  private final int keep;
  private final Logger log;

  /** The files that a warning has named. None is named twice. */
  private final Set<Path> named = new HashSet<>();

  /**
   * The checkpoints of a folder. The folder need not exist yet.
   *
   * @param keep the number of last checkpoints to keep, at least 1
   */
  Checkpoints(Path folder, int keep) {
    this(folder, keep, LoggerFactory.getLogger(Checkpoints.class));
  }

  /** The checkpoints of a folder, with a logger for warnings. */
  Checkpoints(Path folder, int keep, Logger log) {
    this.folder = folder;
    this.keep = keep;
    this.log = log;
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
    Path unfinished = unfinished(target);
    try {
      // A leftover of a process that was killed.
      delete(unfinished);
      WholeFiles.makeFolder(unfinished);
      graph.files().save(WholeCheckpoint.variables(unfinished));
      WholeCheckpoint.describe(unfinished, manifest);
      // There is one already if it was damaged, and the run was resumed from an earlier one.
      delete(target);
      WholeFiles.publish(unfinished, target);
    } catch (IOException | RuntimeException e) {
      IOException failed =
          new IOException(
              "the checkpoint of step "
                  + manifest.getStep()
                  + " could not be written to "
                  + folder
                  + ": "
                  + reason(e),
              e);
      try {
        delete(unfinished);
      } catch (IOException again) {
        failed.addSuppressed(again);
      }
      throw failed;
    }
    prune();
    return target;
  }

  private static String reason(Exception e) {
    return e instanceof IOException io ? InputException.reason(io) : e.toString();
  }

  /**
   * Adds the validation of a saved checkpoint to its manifest.
   *
   * @throws IOException if it cannot be written; the checkpoint stays as it was
   */
  void validated(long step, Likelihood measured) throws IOException {
    try {
      WholeCheckpoint.addValidation(folder(step), measured);
    } catch (IOException e) {
      throw new IOException(
          folder(step) + ": the validation could not be added: " + InputException.reason(e), e);
    }
    prune();
  }

  private Path folder(long step) {
    return folder.resolve(WholeCheckpoint.name(step));
  }

  private static Path unfinished(Path checkpoint) {
    return checkpoint.resolveSibling(checkpoint.getFileName() + UNFINISHED);
  }

  /** All whole checkpoints, in the order of their steps. */
  List<WholeCheckpoint> all() throws IOException {
    List<WholeCheckpoint> found = new ArrayList<>();
    for (Path entry : entries()) {
      try {
        found.add(WholeCheckpoint.read(entry));
      } catch (WholeCheckpoint.NotWholeException e) {
        if (named.add(entry)) {
          log.warn("{} is not a whole checkpoint and is passed over: {}", entry, e.getMessage());
        }
      }
    }
    found.sort(WholeCheckpoint.BY_STEP);
    return found;
  }

  /** Everything in the folder but unfinished checkpoints and a desktop's files. */
  private List<Path> entries() throws IOException {
    return list().stream().filter(entry -> !isLeftover(entry) && !HiddenFile.is(entry)).toList();
  }

  /**
   * The last whole checkpoint, from which a run is resumed.
   *
   * @return empty if the folder holds no checkpoint
   * @throws InputException if the folder holds checkpoints and all of them are damaged
   */
  Optional<WholeCheckpoint> toResume() throws IOException {
    Optional<WholeCheckpoint> last = last();
    if (last.isEmpty()) {
      for (Path entry : entries()) {
        if (WholeCheckpoint.isNamedLikeOne(entry)) {
          throw new InputException(
              entry
                  + ": is damaged, and there is no whole checkpoint; expected a whole one, or an empty"
                  + " folder to begin anew");
        }
      }
    }
    return last;
  }

  /** The last whole checkpoint. */
  Optional<WholeCheckpoint> last() throws IOException {
    return all().stream().max(WholeCheckpoint.BY_STEP);
  }

  /**
   * The checkpoint with the lowest validated negative log-likelihood; the last one if none was
   * validated.
   */
  Optional<WholeCheckpoint> best() throws IOException {
    List<WholeCheckpoint> all = all();
    return best(all).or(() -> all.stream().max(WholeCheckpoint.BY_STEP));
  }

  private static Optional<WholeCheckpoint> best(List<WholeCheckpoint> all) {
    return all.stream()
        .filter(checkpoint -> checkpoint.validation().isPresent())
        .min(
            Comparator.comparingDouble(
                checkpoint -> checkpoint.validation().get().getNatsPerImage()));
  }

  /** Deletes what need not be kept. If that fails, all that must be kept is there all the same. */
  private void prune() {
    try {
      List<WholeCheckpoint> all = all();
      Optional<WholeCheckpoint> best = best(all);
      for (WholeCheckpoint old : all.subList(0, Math.max(0, all.size() - keep))) {
        if (!best.equals(Optional.of(old))) {
          discard(old.folder());
        }
      }
      for (Path leftover : list().stream().filter(Checkpoints::isLeftover).toList()) {
        delete(leftover);
      }
    } catch (IOException e) {
      if (named.add(folder)) {
        log.warn("{}: an old checkpoint cannot be deleted: {}", folder, InputException.reason(e));
      }
    }
  }

  /**
   * Deletes a checkpoint under a temporary name. If the process is killed meanwhile, nobody takes
   * what is left for a damaged checkpoint.
   */
  private static void discard(Path checkpoint) throws IOException {
    Path unfinished = unfinished(checkpoint);
    delete(unfinished);
    Files.move(checkpoint, unfinished, StandardCopyOption.ATOMIC_MOVE);
    delete(unfinished);
  }

  private static boolean isLeftover(Path entry) {
    return LEFTOVER.matcher(entry.getFileName().toString()).matches();
  }

  private List<Path> list() throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is not a folder");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.exists(path)) {
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
