package org.pixelrnn.train;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.records.ProtoText;

/**
 * A checkpoint that is whole: it has a manifest, and every file that belongs to it is as the
 * manifest says.
 *
 * @param folder {@code step-} and the number of the step
 */
record WholeCheckpoint(Path folder, Checkpoint manifest) {
  static final Comparator<WholeCheckpoint> BY_STEP =
      Comparator.comparingLong(WholeCheckpoint::step);

  private static final String VARIABLES = "variables";
  private static final String MANIFEST = "manifest.textproto";
  private static final Pattern NAME = Pattern.compile("step-[0-9]{8,}");

  /** A folder or file is no whole checkpoint. The message says why, in one line. */
  static final class NotWholeException extends Exception {
    private NotWholeException(String why) {
      super(why);
    }

    private NotWholeException(String why, Throwable cause) {
      super(why, cause);
    }
  }

  /** The name of the folder of a step's checkpoint. */
  static String name(long step) {
    return String.format(Locale.ROOT, "step-%08d", step);
  }

  /** True if this is a name of a checkpoint's folder. */
  static boolean isNamedLikeOne(Path entry) {
    return NAME.matcher(entry.getFileName().toString()).matches();
  }

  /** The path of a checkpoint's variables as TensorFlow takes it: without the files' endings. */
  static Path variables(Path folder) {
    return folder.resolve(VARIABLES);
  }

  /**
   * Reads a checkpoint and compares its files with its manifest.
   *
   * @throws NotWholeException if anything is missing, is damaged or cannot be read
   */
  static WholeCheckpoint read(Path folder) throws NotWholeException {
    require(
        isNamedLikeOne(folder) && Files.isDirectory(folder),
        "it is not a folder named after a step, for instance " + name(600));
    try {
      Set<String> files = filesOf(folder);
      // Reading a pipe would wait for ever.
      require(files.contains(MANIFEST), MANIFEST + " is missing");
      Checkpoint manifest = ProtoText.read(folder.resolve(MANIFEST), Checkpoint.class);
      require(
          manifest.hasStep() && folder.endsWith(name(manifest.getStep())),
          MANIFEST + " does not tell its step");
      Set<String> described = manifest.getDigestMap().keySet();
      require(
          described.contains(VARIABLES + ".index")
              && described.stream().anyMatch(name -> name.startsWith(VARIABLES + ".data-")),
          MANIFEST + " does not tell the digests of its variables");
      require(
          !manifest.hasValidation()
              || (manifest.getValidation().hasNatsPerImage()
                  && Double.isFinite(manifest.getValidation().getNatsPerImage())),
          MANIFEST + " has a validation without a likelihood");
      for (Map.Entry<String, String> digest : manifest.getDigestMap().entrySet()) {
        require(files.contains(digest.getKey()), digest.getKey() + " is missing");
        require(
            digest.getValue().equals(sha256(folder.resolve(digest.getKey()))),
            digest.getKey() + " has changed");
      }
      return new WholeCheckpoint(folder, manifest);
    } catch (NoSuchFileException e) {
      throw new NotWholeException(e.getFile().replaceFirst(".*/", "") + " is missing", e);
    } catch (IOException e) {
      throw new NotWholeException(InputException.reason(e), e);
    }
  }

  /**
   * Writes the manifest of variables that are saved already. With it the checkpoint is whole, so
   * this comes last.
   *
   * @param manifest all but the digests
   */
  static void describe(Path folder, Checkpoint manifest) throws IOException {
    Checkpoint.Builder whole = manifest.toBuilder();
    for (String file : filesOf(folder)) {
      // Nothing else counts: a desktop may leave files of its own.
      if (file.startsWith(VARIABLES + ".")) {
        whole.putDigest(file, sha256(folder.resolve(file)));
      }
    }
    ProtoText.write(folder.resolve(MANIFEST), whole.build());
  }

  /** Adds a validation to the manifest in a folder. */
  static void addValidation(Path folder, Likelihood measured) throws IOException {
    Path file = folder.resolve(MANIFEST);
    Checkpoint manifest = ProtoText.read(file, Checkpoint.class);
    ProtoText.write(file, manifest.toBuilder().setValidation(measured).build());
  }

  long step() {
    return manifest.getStep();
  }

  /** The path of the variables as TensorFlow takes it. */
  Path variables() {
    return variables(folder);
  }

  /** The validation of its weights, if they were validated. */
  Optional<Likelihood> validation() {
    return manifest.hasValidation() ? Optional.of(manifest.getValidation()) : Optional.empty();
  }

  private static void require(boolean holds, String otherwise) throws NotWholeException {
    if (!holds) {
      throw new NotWholeException(otherwise);
    }
  }

  private static Set<String> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toSet());
    }
  }

  private static String sha256(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }
}
