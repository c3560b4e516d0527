package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs a copy of {@code tools/pixelrnn} in a small source tree. The programs {@code java} and
 * {@code mvn} are scripts that record how they were called.
 */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("tools/pixelrnn");
  private static final List<String> SOURCES =
      List.of(
          "pom.xml",
          "proto/a.proto",
          "src/cli/pom.xml",
          "src/cli/main/java/A.java",
          "src/core/pom.xml",
          "src/core/main/resources/B.txt");

  private @TempDir Path folder;
  private Path home;
  private Path jar;
  private Path jdk;

  private record Outcome(long pid, int status, String out, String err) {}

  @BeforeEach
  void buildATree() throws IOException {
    folder = folder.toRealPath();
    home = folder.resolve("the house");
    jar = home.resolve("src/cli/target/pixelrnn.jar");
    jdk = folder.resolve("jdk");
    for (String name : SOURCES) {
      write(home.resolve(name), "");
    }
    write(jar, "");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    script(home.resolve("tools/pixelrnn"), Files.readString(LAUNCHER));
    java("openjdk version \"17.0.9\" 2023-10-17");
    mvn("touch '" + jar + "'");
  }

  private void java(String version) throws IOException {
    script(
        jdk.resolve("bin/java"),
        """
        #!/usr/bin/env bash
        if [ "$1" = -version ]; then
          echo '%s' >&2
        else
          echo "pid=$$"
          echo "folder=$PWD"
          echo "oneDNN=$TF_ENABLE_ONEDNN_OPTS"
          echo "own threads=$TF_OVERRIDE_GLOBAL_THREADPOOL"
          echo "memory growth=$TF_FORCE_GPU_ALLOW_GROWTH"
          echo "log=${TF_CPP_MIN_LOG_LEVEL:-unset}"
          echo "locale=${LC_ALL:-unset}"
          printf '<%%s>' "$@"
          for option in "$@"; do
            case $option in
              -XX:ArchiveClassesAtExit=*)
                touch "${option#*=}"
                exit ${ARCHIVING:-0}
                ;;
            esac
          done
          exit 7
        fi
        """
            .formatted(version));
  }

  private void mvn(String action) throws IOException {
    script(
        folder.resolve("bin/mvn"),
        "#!/usr/bin/env bash\necho \"mvn $*\" >>calls\n" + action + "\n");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void script(Path file, String text) throws IOException {
    write(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  private Outcome launch(Path launcher, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(args));
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(elsewhere.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(k -> k.matches("TF_.*|PIXELRNN_.*|JAVA_HOME|LC_ALL"));
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.pid(), process.waitFor(), out, Files.readString(err));
  }

  private Outcome launch(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    return launch(home.resolve("tools/pixelrnn"), environment, args);
  }

  private boolean built() {
    return Files.exists(folder.resolve("else where/calls"));
  }

  @Test
  void becomesTheJvmInTheCallersFolder() throws Exception {
    Outcome outcome = launch(Map.of(), "sample", "--out", "a b.png", "");
    assertEquals("", outcome.err());
    assertEquals(7, outcome.status());
    assertTrue(outcome.out().contains("pid=" + outcome.pid() + "\n"), "the JVM is another process");
    assertTrue(outcome.out().contains("folder=" + folder.resolve("else where")), outcome.out());
    assertTrue(
        outcome.out().endsWith("<-jar><" + jar + "><sample><--out><a b.png><>"), outcome.out());
    assertFalse(built());
  }

  @Test
  void findsItsFolderThroughLinks() throws Exception {
    Path links = Files.createDirectories(folder.resolve("links/deeper"));
    Path relative = Files.createSymbolicLink(links.resolve("one"), Path.of("../two"));
    Files.createSymbolicLink(links.resolve("../two"), home.resolve("tools/pixelrnn"));
    assertTrue(launch(relative, Map.of()).out().contains("<" + jar + ">"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          -, -,                         oneDNN=1, log=3
          PIXELRNN_VERBOSE, 1,          memory growth=true, log=0
          TF_ENABLE_ONEDNN_OPTS, 0,     oneDNN=0, own threads=1
          TF_OVERRIDE_GLOBAL_THREADPOOL, 0, oneDNN=1, own threads=0
          TF_FORCE_GPU_ALLOW_GROWTH, false, oneDNN=1, memory growth=false
          TF_CPP_MIN_LOG_LEVEL, 1,      oneDNN=1, log=1
          PIXELRNN_JAVA_OPTS, -Xmx1g -Dx=y, <-Xmx1g><-Dx=y><-jar>, log=3
          """)
  void setsTheEnvironmentOfTheJvm(String name, String value, String first, String second)
      throws Exception {
    Outcome outcome = launch(name == null ? Map.of() : Map.of(name, value));
    assertTrue(outcome.out().contains(first), outcome.out());
    assertTrue(outcome.out().contains(second), outcome.out());
  }

  /** Without UTF-8, Java cannot read names of files that are not ASCII. */
  @ParameterizedTest
  @CsvSource({
    "ANSI_X3.4-1968, C.utf8, C.utf8",
    "ANSI_X3.4-1968, C.UTF-8, C.UTF-8",
    "US-ASCII, C.UTF-8, C.UTF-8",
    "ANSI_X3.4-1968, POSIX, unset",
    "UTF-8, C.utf8, unset",
    "ISO-8859-1, C.utf8, unset",
  })
  void choosesUtf8InsteadOfAscii(String charmap, String installed, String chosen) throws Exception {
    script(
        folder.resolve("bin/locale"),
        """
        #!/usr/bin/env bash
        case $1 in
          charmap) echo %s ;;
          -a) printf '%%s\\n' C %s en_US.utf8 ;;
        esac
        """
            .formatted(charmap, installed));
    Outcome outcome = launch(Map.of());
    assertEquals(7, outcome.status());
    assertEquals("", outcome.err());
    assertTrue(outcome.out().contains("locale=" + chosen + "\n"), outcome.out());
  }

  @Test
  void goesOnWithoutTheProgramLocale() throws Exception {
    script(folder.resolve("bin/locale"), "#!/bin/sh\nexit 127\n");
    Outcome outcome = launch(Map.of());
    assertEquals(7, outcome.status());
    assertTrue(outcome.out().contains("locale=unset\n"), outcome.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        "proto/a.proto",
        "src/cli/pom.xml",
        "src/cli/main/java/A.java",
        "src/core/pom.xml",
        "src/core/main/resources/B.txt",
        "src/core/main/resources"
      })
  void buildsWhenSomethingIsNewerThanTheJar(String name) throws Exception {
    write(home.resolve("src/cli/target/build-options"), "-Pgpu\n");
    Files.setLastModifiedTime(home.resolve(name), FileTime.from(Instant.now().plusSeconds(120)));
    Outcome outcome = launch(Map.of("PIXELRNN_MAVEN_OPTS", "-Pgpu"));
    String calls = Files.readString(folder.resolve("else where/calls"));
    assertTrue(calls.contains("-f " + home.resolve("pom.xml") + " "), calls);
    assertTrue(calls.contains(" -Pgpu package"), calls);
    for (String skipped : List.of("test", "source", "javadoc")) {
      assertTrue(calls.contains(" -Dmaven." + skipped + ".skip=true "), calls);
    }
    assertTrue(outcome.err().matches("pixelrnn: building .*\n"), outcome.err());
    assertEquals(7, outcome.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "src/core/test/java/ATest.java", "src/core/target/a.class"})
  void doesNotBuildForOtherFiles(String name) throws Exception {
    write(home.resolve(name), "");
    Files.setLastModifiedTime(home.resolve(name), FileTime.from(Instant.now().plusSeconds(120)));
    assertEquals(7, launch(Map.of()).status());
    assertFalse(built());
  }

  @Test
  void buildsOnceWithEachNewChoiceOfOptions() throws Exception {
    Map<String, String> gpu = Map.of("PIXELRNN_MAVEN_OPTS", "-Pgpu");
    assertEquals(7, launch(gpu).status());
    assertTrue(built());
    Files.delete(folder.resolve("else where/calls"));
    assertEquals(7, launch(gpu).status());
    assertFalse(built());
    assertEquals(7, launch(Map.of()).status());
    assertTrue(built());
  }

  @Test
  void buildsWhenThereIsNoJar() throws Exception {
    Files.delete(jar);
    assertEquals(7, launch(Map.of()).status());
    assertTrue(built());
  }

  /** A JVM begins faster with the archive. It belongs to one jar, so each build makes a new one. */
  @Test
  void archivesItsClassesAfterABuild() throws Exception {
    Path archive = home.resolve("src/cli/target/pixelrnn.jsa");
    write(home.resolve("src/cli/target/build-options"), "\n");
    Outcome outcome = launch(Map.of());
    String quietly = "><-Xlog:disable><-Xlog:all=warning,cds*=off:stderr>";
    assertTrue(outcome.out().contains("<-XX:SharedArchiveFile=" + archive + quietly));
    assertFalse(Files.exists(archive));
    Files.delete(jar);
    outcome = launch(Map.of());
    assertEquals(7, outcome.status());
    assertFalse(outcome.out().contains("ArchiveClassesAtExit"), outcome.out());
    assertTrue(Files.exists(archive));
  }

  /** Half an archive would crash the JVM. */
  @Test
  void anUnfinishedArchiveIsNotUsed() throws Exception {
    Path archive = home.resolve("src/cli/target/pixelrnn.jsa");
    write(archive, "of an earlier build");
    Files.delete(jar);
    assertEquals(7, launch(Map.of("ARCHIVING", "1")).status());
    assertTrue(built());
    assertFalse(Files.exists(archive));
    assertFalse(Files.exists(archive.resolveSibling("pixelrnn.jsa.new")));
  }

  /** Maven does not rewrite a jar whose contents have not changed. */
  @Test
  void buildsOnceEvenIfMavenLeavesTheJarUnchanged() throws Exception {
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
    mvn("");
    assertEquals(7, launch(Map.of()).status());
    Files.delete(folder.resolve("else where/calls"));
    assertEquals(7, launch(Map.of()).status());
    assertFalse(built());
  }

  @Test
  void aFailedBuildShowsItsErrors() throws Exception {
    Files.delete(jar);
    mvn("echo '[INFO] busy'; echo '[WARNING] A.java:[3,1] unused'; echo '[ERROR] gave up'; exit 1");
    Outcome outcome = launch(Map.of());
    assertEquals(1, outcome.status());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains("[WARNING] A.java:[3,1] unused\n"), outcome.err());
    assertTrue(outcome.err().contains("[ERROR] gave up\n"), outcome.err());
    assertFalse(outcome.err().contains("busy"), outcome.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          java version "1.8.0_402"        | has version 1; 17 or newer is needed
          openjdk version "11.0.22" 2024  | has version 11; 17 or newer is needed
          The operation couldn            | has version unknown; 17 or newer is needed
          """)
  void refusesAnOldJava(String version, String complaint) throws Exception {
    java(version);
    Outcome outcome = launch(Map.of());
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains(complaint), outcome.err());
  }

  /** From version 24 on, Java warns of libraries that use sun.misc.Unsafe. */
  @ParameterizedTest
  @CsvSource({
    "openjdk version \"17.0.9\" 2023, false",
    "openjdk version \"21\" 2023-09-19, false",
    "openjdk version \"25-ea\" 2025, true"
  })
  void acceptsANewerJavaAndItsWarnings(String version, boolean warns) throws Exception {
    java(version);
    Outcome outcome = launch(Map.of());
    assertEquals(7, outcome.status());
    assertEquals(warns, outcome.out().contains("<--sun-misc-unsafe-memory-access=allow>"));
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Outcome noJava = launch(Map.of("JAVA_HOME", "/nowhere"));
    assertEquals(1, noJava.status());
    assertTrue(noJava.err().startsWith("pixelrnn: JAVA_HOME is /nowhere, but"), noJava.err());
    Files.delete(jar);
    Files.delete(folder.resolve("bin/mvn"));
    for (String tool : List.of("bash", "dirname", "readlink", "find", "head", "env")) {
      Path real =
          List.of("/bin", "/usr/bin").stream()
              .map(bin -> Path.of(bin, tool))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      script(folder.resolve("bin").resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n");
    }
    Outcome noMaven = launch(Map.of("PATH", folder.resolve("bin").toString()));
    assertEquals(1, noMaven.status());
    assertTrue(
        noMaven.err().startsWith("pixelrnn: mvn (Apache Maven) is not on the PATH"), noMaven.err());
  }
}
