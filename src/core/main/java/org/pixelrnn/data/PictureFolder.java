package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Picture;
import org.pixelrnn.proto.v1.DataConfig;

/**
 * The pictures in a folder: all its PNG, JPEG, BMP, GIF and WebP files, and those of its
 * subfolders, ordered by their paths. The name of a subfolder directly in it may decide the split
 * of its pictures: see {@link SplitRule}. Hidden files and other kinds of files are skipped.
 */
final class PictureFolder implements PictureDataset.Source {
  private static final ImmutableSet<String> ENDINGS =
      ImmutableSet.of("png", "jpg", "jpeg", "bmp", "gif", "webp");

  /** The number of pictures whose bytes are part of the digest. */
  private static final int HASHED = 100;

  /** The deepest level of subfolders that is searched. */
  private static final int DEPTH = 64;

  private final Path root;

  /**
   * The path of each picture, relative to the folder, with {@code /} between its parts. A {@link
   * Path} would take more memory.
   */
  private final String[] names;

  /** A hash of the names and sizes of all files. */
  private final String namesAndSizes;

  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private PictureFolder(Path root, String[] names, String namesAndSizes) {
    this.root = root;
    this.names = names;
    this.namesAndSizes = namesAndSizes;
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
      Files.walkFileTree(
          root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new Walk(root, found));
    } catch (IOException e) {
      throw new InputException(
          "picture folder " + root + ": cannot be listed: " + DataFolder.reason(e), e);
    }
    found.sort(Comparator.comparing(Found::name));
    Hasher sha = Hashing.sha256().newHasher();
    for (Found file : found) {
      sha.putString(file.name(), StandardCharsets.UTF_8).putByte((byte) 0).putLong(file.size());
    }
    String[] names = found.stream().map(Found::name).toArray(String[]::new);
    return PictureDataset.of(new PictureFolder(root, names, sha.hash().toString()), config, model);
  }

  /** A picture file: its relative path, and its size in bytes. */
  private record Found(String name, long size) {}

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Found> found;

    Walk(Path root, List<Found> found) {
      this.root = root;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return hidden(folder) && !folder.equals(root)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String ending = MoreFiles.getFileExtension(file).toLowerCase(Locale.ROOT);
      if (attributes.isRegularFile() && ENDINGS.contains(ending) && !hidden(file)) {
        String name = root.relativize(file).toString().replace('\\', '/');
        found.add(new Found(name, attributes.size()));
      }
      return FileVisitResult.CONTINUE;
    }

    private static boolean hidden(Path path) {
      return path.getFileName() != null && path.getFileName().toString().startsWith(".");
    }
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
  public String groupName(int picture) {
    int end = names[picture].indexOf('/');
    return end < 0 ? "" : names[picture].substring(0, end);
  }

  @Override
  public Picture read(int picture) {
    return Picture.of(ImageFile.decode(root.resolve(names[picture])));
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
    Hasher sha = Hashing.sha256().newHasher();
    sha.putString(namesAndSizes, StandardCharsets.UTF_8);
    int hashed = Math.min(HASHED, names.length);
    for (long i = 0; i < hashed; i++) {
      Path file = root.resolve(names[(int) (i * names.length / hashed)]);
      try {
        sha.putBytes(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new InputException(
            "picture " + file + ": cannot be read: " + InputException.reason(e), e);
      }
    }
    return sha.hash().toString();
  }
}
