package org.pixelrnn.data;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Picture;
import org.pixelrnn.proto.v1.DataConfig;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * Pictures in TFRecord files, each record a {@code tf.Example} with {@code image/encoded}, a PNG,
 * JPEG, ..., or with {@code image/raw}, a byte a sub-pixel {@code [height, width, channels]}, and
 * {@code image/height} and {@code image/width}. A file's name may say its split, as {@code
 * train-00000-of-01024} does: see {@link SplitRule}.
 */
final class TfRecords implements Pictures.Source {
  private final String glob;
  private final List<TfRecordFile> files;

  /** The number of the first picture of each file, and at last their count. */
  private final int[] first;

  private TfRecords(String glob, List<TfRecordFile> files) {
    this.glob = glob;
    this.files = files;
    this.first = new int[files.size() + 1];
    for (int i = 0; i < files.size(); i++) {
      first[i + 1] = Math.addExact(first[i], files.get(i).count());
    }
  }

  /**
   * Finds the records of all files that a pattern matches.
   *
   * @param glob for instance {@code data/train-*}; {@code **} stands for folders too
   * @throws InputException if there is no file, or one is broken
   */
  static Pictures open(String glob, DataConfig config, ImageShape model) {
    List<TfRecordFile> files = new ArrayList<>();
    try {
      for (Path file : matching(glob)) {
        files.add(TfRecordFile.open(file));
      }
      return Pictures.of(new TfRecords(glob, files), config, model);
    } catch (RuntimeException e) {
      files.forEach(TfRecordFile::close);
      throw e;
    }
  }

  private static List<Path> matching(String glob) {
    try {
      // The folders before the first special character.
      String plain = glob.replaceFirst("[*?\\[{\\\\].*", "");
      Path start = Path.of(plain.substring(0, plain.lastIndexOf('/') + 1));
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      int depth =
          glob.contains("**")
              ? Integer.MAX_VALUE
              : Math.max(1, Path.of(glob).getNameCount() - named(start));
      try (Stream<Path> paths = Files.walk(start, depth, FileVisitOption.FOLLOW_LINKS)) {
        List<Path> files =
            paths.filter(matcher::matches).filter(Files::isRegularFile).sorted().toList();
        if (!files.isEmpty()) {
          return files;
        }
      }
    } catch (IOException | InvalidPathException | PatternSyntaxException e) {
      throw new InputException(
          "TFRecord files "
              + glob
              + ": cannot be listed: "
              + e.getMessage().lines().toList().get(0),
          e);
    }
    throw new InputException("TFRecord files " + glob + ": no file has such a name");
  }

  private static int named(Path start) {
    return start.toString().isEmpty() ? 0 : start.getNameCount();
  }

  @Override
  public String name() {
    return "tfrecord";
  }

  @Override
  public String place() {
    return "TFRecord files " + glob;
  }

  @Override
  public int count() {
    return first[files.size()];
  }

  @Override
  public String name(int picture) {
    return group(picture) + "#" + (picture - first[fileOf(picture)]);
  }

  @Override
  public String group(int picture) {
    return files.get(fileOf(picture)).file().getFileName().toString();
  }

  private int fileOf(int picture) {
    int found = Arrays.binarySearch(first, picture);
    if (found < 0) {
      return -found - 2;
    }
    // A file without records begins where the next one does.
    while (first[found + 1] == picture) {
      found++;
    }
    return found;
  }

  @Override
  public Picture read(int picture) {
    int file = fileOf(picture);
    int record = picture - first[file];
    String where = "TFRecord file " + files.get(file).file() + ": record " + record;
    Map<String, Feature> features;
    try {
      features = Example.parseFrom(files.get(file).record(record)).getFeatures().getFeatureMap();
    } catch (InvalidProtocolBufferException e) {
      throw new InputException(where + ": is no tf.Example: " + e.getMessage(), e);
    }
    if (features.containsKey("image/encoded")) {
      byte[] encoded = bytes(features, "image/encoded", where).toByteArray();
      return Picture.of(ImageFile.decode(encoded, where));
    }
    if (features.containsKey("image/raw")) {
      return raw(features, where);
    }
    throw new InputException(
        where
            + ": has neither image/encoded nor image/raw among its features "
            + new TreeSet<>(features.keySet()));
  }

  private static Picture raw(Map<String, Feature> features, String where) {
    byte[] values = bytes(features, "image/raw", where).toByteArray();
    long height = integer(features, "image/height", where);
    long width = integer(features, "image/width", where);
    for (int channels : new int[] {1, 3}) {
      if (height > 0 && width > 0 && (double) height * width * channels == values.length) {
        return Picture.of((int) height, (int) width, channels, values);
      }
    }
    throw new InputException(
        String.format(
            "%s: image/raw has %d bytes, expected %d×%d×1 or %d×%d×3",
            where, values.length, height, width, height, width));
  }

  private static ByteString bytes(Map<String, Feature> features, String key, String where) {
    Feature feature = features.get(key);
    if (feature.getBytesList().getValueCount() != 1) {
      throw new InputException(where + ": " + key + " is not one string of bytes");
    }
    return feature.getBytesList().getValue(0);
  }

  private static long integer(Map<String, Feature> features, String key, String where) {
    Feature feature = features.getOrDefault(key, Feature.getDefaultInstance());
    if (feature.getInt64List().getValueCount() != 1) {
      throw new InputException(where + ": " + key + " is missing or not one integer");
    }
    return feature.getInt64List().getValue(0);
  }

  @Override
  public String digest() {
    Hasher sha = Hashing.sha256().newHasher();
    files.forEach(file -> file.addTo(sha));
    return sha.hash().toString();
  }

  @Override
  public void close() {
    files.forEach(TfRecordFile::close);
  }
}
