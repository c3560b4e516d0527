package org.pixelrnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Type names over all modules, generated types included: a simple name belongs to one type, and not
 * to a well-known type of the JDK.
 */
class NamesTest {
  /** The top-level types of ours, by simple name. */
  private static final Map<String, List<String>> OURS =
      House.onClassPath().stream()
          .filter(type -> type.getEnclosingClass().isEmpty())
          .filter(type -> !type.getSimpleName().equals("package-info"))
          .collect(
              Collectors.groupingBy(
                  JavaClass::getSimpleName,
                  TreeMap::new,
                  Collectors.mapping(JavaClass::getName, Collectors.toList())));

  @Test
  void noTwoTypesShareASimpleName() {
    assertTrue(OURS.containsKey("RunConfig"), "generated types are on the class path");
    assertTrue(OURS.containsKey("SampleCommand"), "the types of this module are on the class path");
    Map<String, List<String>> shared = new TreeMap<>(OURS);
    shared.values().removeIf(types -> types.size() == 1);
    assertEquals(Map.of(), shared);
  }

  @Test
  void testsAndToolsHaveNamesOfTheirOwn() throws IOException {
    Set<String> taken = new TreeSet<>(OURS.keySet());
    Set<String> shared = new TreeSet<>();
    for (String name : namesOfTestsAndTools()) {
      if (!taken.add(name)) {
        shared.add(name);
      }
    }
    assertTrue(taken.containsAll(Set.of("NamesTest", "PixelCnnTable")), taken::toString);
    assertEquals(Set.of(), shared);
  }

  private static List<String> namesOfTestsAndTools() throws IOException {
    List<String> names = new ArrayList<>();
    for (String folder :
        List.of("src/sampler/test", "src/core/test", "src/server/test", "src/cli/test", "tools")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> names.add(name.replace(".java", "")));
      }
    }
    return names;
  }

  @Test
  void noTypeHasTheNameOfAWellKnownTypeOfTheJdk() throws IOException {
    Set<String> jdk = wellKnown();
    assertTrue(
        jdk.containsAll(Set.of("String", "IOException", "Path", "List", "Lock", "Function")),
        jdk::toString);
    Set<String> taken = new TreeSet<>(OURS.keySet());
    taken.retainAll(jdk);
    assertEquals(Set.of(), taken);
  }

  /**
   * The simple names of the public types in {@code java.lang}, {@code java.io}, {@code
   * java.nio.file}, {@code java.util} and below {@code java.util}.
   */
  private static Set<String> wellKnown() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path module : listed(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules"))) {
      for (String folder : List.of("java/lang", "java/io", "java/nio/file")) {
        if (Files.isDirectory(module.resolve(folder))) {
          add(module, listed(module.resolve(folder)), names);
        }
      }
      if (Files.isDirectory(module.resolve("java/util"))) {
        try (Stream<Path> files = Files.walk(module.resolve("java/util"))) {
          add(module, files.toList(), names);
        }
      }
    }
    return names;
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  /** Adds the public top-level types among some files of a module. */
  private static void add(Path module, List<Path> files, Set<String> names) {
    for (Path file : files) {
      String path = module.relativize(file).toString();
      if (path.endsWith(".class") && !path.contains("$") && !path.endsWith("-info.class")) {
        String type = path.substring(0, path.length() - ".class".length()).replace('/', '.');
        if (isPublic(type)) {
          names.add(type.substring(type.lastIndexOf('.') + 1));
        }
      }
    }
  }

  private static boolean isPublic(String type) {
    try {
      return Modifier.isPublic(
          Class.forName(type, false, ClassLoader.getPlatformClassLoader()).getModifiers());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(type, e);
    }
  }
}
