package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Funnels;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Picture;
import org.pixelrnn.image.WantedSize;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.records.HiddenFile;
import org.pixelrnn.records.PathText;

/**
 * The pictures in a folder: all its PNG, JPEG, BMP, GIF, WebP and TIFF files, and those of its
 * subfolders, ordered by their paths. The name of a subfolder directly in it may decide the split
 * of its pictures: see {@link SplitRule}. Hidden files and other kinds of files are skipped.
 */
final class PictureFolder implements PictureDataset.Source {
  private static final ImmutableSet<String> ENDINGS =
      ImmutableSet.of("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff");

  /** The number of pictures whose bytes are part of the digest. */
  private static final int HASHED = 100;

  /** About how many bytes of pictures the full digest covers at most. */
  private static final long FULLY_HASHED = 1L << 30;

  /** The deepest level of subfolders that is searched. */
  private static final int DEPTH = 64;

  private final Path root;

  /** The folder as the user wrote it, with a slash at its end. */
  private final String prefix;

  /**
   * The path of each picture, relative to the folder, with {@code /} between its parts. A {@link
   * Path} would take more memory.
   */
  private final String[] names;

  /** The pictures whose name as text is not enough to find them, by their numbers. */
  private final Map<Integer, Path> unspelled;

  /** A hash of the names and sizes of all files. */
  private final String namesAndSizes;

  /** The size of all files together. */
  private final long bytes;

  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private PictureFolder(Path root, String where, List<Found> found, String namesAndSizes) {
    this.root = root;
    this.prefix = where.endsWith("/") ? where : where + "/";
    this.names = found.stream().map(Found::name).toArray(String[]::new);
    this.unspelled =
        IntStream.range(0, found.size())
            .filter(i -> found.get(i).unspelled().isPresent())
            .boxed()
            .collect(Collectors.toMap(i -> i, i -> found.get(i).unspelled().get()));
    this.namesAndSizes = namesAndSizes;
    this.bytes = found.stream().mapToLong(Found::size).sum();
  }

  /**
   * Lists the pictures.
   *
   * @throws InputException if there are none, or if a folder cannot be read
   */
  static PictureDataset open(String where, DataConfig config, ImageShape model) {
    Path root = DataFolder.find("picture", where);
    List<Found> found = new ArrayList<>();
    try {
      FileWalk.walk(
          root,
          DEPTH,
          HiddenFile::is,
          (file, attributes) -> {
            if (ENDINGS.contains(MoreFiles.getFileExtension(file).toLowerCase(Locale.ROOT))) {
              found.add(Found.of(root, file, attributes.size()));
            }
          });
    } catch (IOException e) {
      throw new InputException(
          "picture folder " + root + ": cannot be listed: " + DataFolder.reason(e), e);
    }
    found.sort(
        Comparator.comparing(Found::name).thenComparing(file -> file.unspelled().orElse(root)));
    Hasher sha = Hashing.sha256().newHasher();
    for (Found file : found) {
      sha.putString(file.name(), StandardCharsets.UTF_8).putByte((byte) 0).putLong(file.size());
    }
    return PictureDataset.of(
        new PictureFolder(root, where, found, sha.hash().toString()), config, model);
  }

  /**
   * A picture file.
   *
   * @param name its relative path; the same text in every locale
   * @param size in bytes
   * @param unspelled the file, if {@code name} does not lead to it: it has bytes that are not
   *     UTF-8, or characters that the locale does not have
   */
  private record Found(String name, long size, Optional<Path> unspelled) {
    static Found of(Path root, Path file, long size) {
      String name = PathText.of(root.relativize(file)).replace('\\', '/');
      return new Found(
          name, size, leadsTo(file, root, name) ? Optional.empty() : Optional.of(file));
    }

    private static boolean leadsTo(Path file, Path root, String name) {
      try {
        return root.resolve(name).equals(file);
      } catch (InvalidPathException e) {
        return false;
      }
    }
  }

  private Path file(int picture) {
    Path file = unspelled.get(picture);
    return file == null ? root.resolve(names[picture]) : file;
  }

  @Override
  public String name() {
    return "folder";
  }

  @Override
  public String place() {
    return "picture folder " + root;
  }

  @Override
  public int count() {
    return names.length;
  }

  @Override
  public String pictureName(int picture) {
    return names[picture];
  }

  @Override
  public String path(int picture) {
    return prefix + names[picture];
  }

  @Override
  public String groupName(int picture) {
    int end = names[picture].indexOf('/');
    return end < 0 ? "" : names[picture].substring(0, end);
  }

  @Override
  public <T> T read(int picture, WantedSize wanted, Function<Picture, T> function) {
    return ImageFile.apply(file(picture), wanted, function);
  }

  /**
   * A SHA-256 of the names and sizes of all files, and of the bytes of up to a hundred of them.
   * There may be millions of files, so the others are not read.
   */
  @Override
  public String digest() {
    return digest.get();
  }

  private String hash() {
    return hash(Math.min(HASHED, names.length));
  }

  /**
   * A SHA-256 of the names and sizes of all files, and of the bytes of all files. If all files
   * together have more than 1 GiB, only some of them are read, evenly spaced: about 1 GiB.
   */
  @Override
  public String fullDigest() {
    return hash(
        bytes <= FULLY_HASHED ? names.length : Math.max(1, names.length * FULLY_HASHED / bytes));
  }

  private String hash(long hashed) {
    Hasher sha = Hashing.sha256().newHasher();
    sha.putString(namesAndSizes, StandardCharsets.UTF_8);
    for (long i = 0; i < hashed; i++) {
      Path file = file((int) (i * names.length / hashed));
      try {
        MoreFiles.asByteSource(file).copyTo(Funnels.asOutputStream(sha));
      } catch (IOException e) {
        throw new InputException(
            "picture " + file + ": cannot be read: " + InputException.reason(e), e);
      }
    }
    return sha.hash().toString();
  }
}
