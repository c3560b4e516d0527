package org.pixelrnn.data;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
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
 * A person's own pictures: all PNG, JPEG, BMP, GIF and WebP files in a folder and the folders in
 * it, ordered by their paths. Those directly in it may say the split: see {@link SplitRule}. Hidden
 * files are none, and other kinds of files may lie between.
 */
final class Folder implements Pictures.Source {
  private static final ImmutableSet<String> ENDINGS =
      ImmutableSet.of("png", "jpg", "jpeg", "bmp", "gif", "webp");

  /** Pictures whose bytes are hashed, beside the names and sizes of all. */
  private static final int HASHED = 100;

  private final Path root;

  /**
   * Relative paths, with {@code /} between their parts; no {@link Path}s, which take more memory.
   */
  private final String[] names;

  private final String namesAndSizes;
  private final Supplier<String> digest = Suppliers.memoize(this::hash);

  private Folder(Path root, String[] names, String namesAndSizes) {
    this.root = root;
    this.names = names;
    this.namesAndSizes = namesAndSizes;
  }

  /** Lists the files; throws {@link InputException} if there are none or a folder is closed. */
  static Pictures open(String where, DataConfig config, ImageShape model) {
    Path root = DataFolder.of("picture", where);
    List<Found> found = new ArrayList<>();
    try {
      Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), 64, new Walk(root, found));
    } catch (IOException e) {
      throw new InputException(
          "picture folder " + root + ": cannot be listed: " + e.getMessage(), e);
    }
    found.sort(Comparator.comparing(Found::name));
    Hasher sha = Hashing.sha256().newHasher();
    for (Found file : found) {
      sha.putString(file.name(), StandardCharsets.UTF_8).putByte((byte) 0).putLong(file.size());
    }
    String[] names = found.stream().map(Found::name).toArray(String[]::new);
    return Pictures.of(new Folder(root, names, sha.hash().toString()), config, model);
  }

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

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      String why =
          e instanceof FileSystemLoopException
              ? "links lead round in a circle"
              : "cannot be read: " + e.getClass().getSimpleName();
      throw new InputException("picture folder " + root + ": " + file + ": " + why, e);
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
  public String name(int picture) {
    return names[picture];
  }

  @Override
  public String group(int picture) {
    int end = names[picture].indexOf('/');
    return end < 0 ? "" : names[picture].substring(0, end);
  }

  @Override
  public Picture read(int picture) {
    return Picture.of(ImageFile.decode(root.resolve(names[picture])));
  }

  /** Of the names and sizes of all files, and of the bytes of a hundred: there may be millions. */
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
        throw new InputException("image " + file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return sha.hash().toString();
  }
}
