package org.pixelrnn.data;

import com.google.common.base.CharMatcher;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Picture;
import org.pixelrnn.image.SharedBytes;
import org.pixelrnn.image.WantedSize;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.records.HiddenFile;
import org.pixelrnn.records.PathText;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * The pictures in TFRecord files. Each record is a {@code tf.Example} with one of these features:
 *
 * <ul>
 *   <li>{@code image/encoded}: a PNG, JPEG, BMP, GIF, WebP or TIFF file;
 *   <li>{@code image/raw}: one byte for each sub-pixel, {@code [height, width, channels]}, with
 *       {@code image/height} and {@code image/width}.
 * </ul>
 *
 * <p>The name of a file may decide the split of its pictures, as {@code train-00000-of-01024} does:
 * see {@link SplitRule}.
 */
final class TfRecordPictures implements PictureDataset.Source {
  /** A part of a pattern that begins with a dot, besides the folders "." and "..". */
  private static final Pattern HIDDEN = Pattern.compile("(^|[/{,])\\.[^./]");

  /** The bytes of all records that are read at the same time. */
  private static final SharedBytes RECORDS = SharedBytes.ofHeap(0.125);

  private final String glob;
  private final List<TfRecordFile> files;

  /** The number of the first picture of each file, and at the end the number of all pictures. */
  private final int[] first;

  private TfRecordPictures(String glob, List<TfRecordFile> files) {
    this.glob = glob;
    this.files = files;
    this.first = new int[files.size() + 1];
    for (int i = 0; i < files.size(); i++) {
      first[i + 1] = Math.addExact(first[i], files.get(i).count());
    }
  }

  /**
   * Opens all files that match a pattern.
   *
   * @param where a pattern, for instance {@code data/train-*}; {@code **} also matches across
   *     folders
   * @throws InputException if no file matches, or if one is broken
   */
  static PictureDataset open(String where, DataConfig config, ImageShape model) {
    // A path has no empty parts.
    String glob = where.replaceAll("/{2,}", "/");
    List<TfRecordFile> files = new ArrayList<>();
    try {
      for (Path file : matching(glob)) {
        files.add(TfRecordFile.open(file));
      }
      return PictureDataset.of(new TfRecordPictures(glob, files), config, model);
    } catch (RuntimeException e) {
      files.forEach(TfRecordFile::close);
      throw e;
    }
  }

  /** The files that match a pattern, at least one, in the order of their paths. */
  private static List<Path> matching(String glob) {
    try {
      // The search starts in the last folder before the first special character.
      String plain = glob.replaceFirst("[*?\\[{\\\\].*", "");
      int end = plain.lastIndexOf('/') + 1;
      String pattern = glob.substring(end);
      Path start = PathText.path(plain.substring(0, end));
      if (!Files.isDirectory(start)) {
        throw unlisted(glob, "there is no folder " + start.toAbsolutePath(), null);
      }
      // As in a shell, a pattern matches a hidden file only if it says so.
      boolean hidden = HIDDEN.matcher(pattern).find();
      List<Path> files = walk(start, pattern, path -> !hidden && HiddenFile.is(path));
      if (files.isEmpty()) {
        throw unlisted(glob, "no file matches in " + start.toAbsolutePath(), null);
      }
      return files;
    } catch (InvalidPathException e) {
      throw unlisted(glob, "not a path: " + e.getReason(), e);
    } catch (PatternSyntaxException e) {
      throw unlisted(glob, "not a pattern: " + e.getDescription(), e);
    } catch (IOException e) {
      throw unlisted(glob, "cannot be listed: " + DataFolder.reason(e), e);
    }
  }

  /**
   * Finds files below a folder. Their paths there must match the pattern: the locale need not be
   * able to spell the name of the folder itself.
   */
  private static List<Path> walk(Path start, String pattern, Predicate<Path> skipped)
      throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    int depth =
        pattern.contains("**") ? Integer.MAX_VALUE : 1 + CharMatcher.is('/').countIn(pattern);
    List<Path> files = new ArrayList<>();
    FileWalk.walk(
        start,
        depth,
        skipped,
        (file, attributes) -> {
          if (matcher.matches(start.relativize(file))) {
            files.add(file);
          }
        });
    Collections.sort(files);
    return files;
  }

  private static InputException unlisted(String glob, String why, Throwable cause) {
    return new InputException("TFRecord files " + glob + ": " + why, cause);
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
  public String pictureName(int picture) {
    return groupName(picture) + "#" + (picture - first[fileOf(picture)]);
  }

  @Override
  public String groupName(int picture) {
    return PathText.of(files.get(fileOf(picture)).file().getFileName());
  }

  /** The number of the file that holds a picture. */
  private int fileOf(int picture) {
    int found = Arrays.binarySearch(first, picture);
    if (found < 0) {
      return -found - 2;
    }
    // A file without records has the same first picture as the file after it.
    while (first[found + 1] == picture) {
      found++;
    }
    return found;
  }

  @Override
  public <T> T read(int picture, WantedSize wanted, Function<Picture, T> function) {
    int file = fileOf(picture);
    int record = picture - first[file];
    // A record, its parsed message and the picture in it are three copies.
    return RECORDS.during(
        3L * files.get(file).bytes(record), () -> read(file, record, wanted, function));
  }

  private <T> T read(int file, int record, WantedSize wanted, Function<Picture, T> function) {
    String where = "TFRecord file " + files.get(file).file() + ": record " + record;
    Map<String, Feature> features;
    try {
      features = Example.parseFrom(files.get(file).record(record)).getFeatures().getFeatureMap();
    } catch (InvalidProtocolBufferException e) {
      throw new InputException(where + ": not a tf.Example: " + InputException.reason(e), e);
    }
    if (features.containsKey("image/encoded")) {
      byte[] encoded = bytes(features, "image/encoded", where).toByteArray();
      return ImageFile.apply(encoded, where, wanted, function);
    }
    if (features.containsKey("image/raw")) {
      return function.apply(raw(features, where));
    }
    throw new InputException(
        where
            + ": its features are "
            + new TreeSet<>(features.keySet())
            + ", expected image/encoded or image/raw");
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
            Locale.ROOT,
            "%s: image/raw has %d bytes, expected %d×%d×1 or %d×%d×3",
            where,
            values.length,
            height,
            width,
            height,
            width));
  }

  private static ByteString bytes(Map<String, Feature> features, String key, String where) {
    Feature feature = features.get(key);
    if (feature.getBytesList().getValueCount() != 1) {
      throw new InputException(
          where
              + ": "
              + key
              + " has "
              + feature.getBytesList().getValueCount()
              + " byte strings, expected one");
    }
    return feature.getBytesList().getValue(0);
  }

  private static long integer(Map<String, Feature> features, String key, String where) {
    Feature feature = features.getOrDefault(key, Feature.getDefaultInstance());
    if (feature.getInt64List().getValueCount() != 1) {
      throw new InputException(
          where
              + ": "
              + key
              + " has "
              + feature.getInt64List().getValueCount()
              + " integers, expected one");
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
