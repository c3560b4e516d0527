package org.pixelrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.RealData;
import org.pixelrnn.image.ImageFile;

/**
 * Runs the README's code, in order and in one folder: every shell line by a shell, with the real
 * {@code tools/pixelrnn}, and every Java block in a program of its own. Long commands are shortened
 * by {@link #RULES}; a shell line that no rule knows fails.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final String CLASS_PATH = System.getProperty("java.class.path");
  private static final long LONGEST_MINUTES = 20;

  /**
   * Says how a shell line is run.
   *
   * @param line matches the whole line
   * @param run what is run in its place, with groups as {@link Matcher#replaceAll} has them
   */
  private record Rule(Pattern line, String run) {
    static Rule of(String line, String run) {
      return new Rule(Pattern.compile(line), run);
    }

    Pattern wholeLine() {
      return Pattern.compile("^(?:" + line.pattern() + ")$");
    }
  }

  private static final String PIXELRNN = "((?:[A-Z_]+=\\S+ )*tools/pixelrnn ";

  /** From here on, {@code curl} asks the server that is running. */
  private static final String ASKING =
      " port=\\$(grep -o '[0-9]*/\\$' serve.log | head -n 1);"
          + " curl() { command curl \"\\${@/localhost:8500\\\\//localhost:\\$port}\"; }; ";

  /** The first rule that matches a line is taken. To teach the test a new kind of line, add one. */
  private static final List<Rule> RULES =
      List.of(
          // This test is a part of it.
          Rule.of("mvn( .*)?", "true"),
          // tools/interop/run installs, converts and runs all this.
          Rule.of("(?:pip|npm) install .*", "true"),
          Rule.of("python3? -m tf2onnx\\.convert --saved-model (\\S+) .*", "test -d $1"),
          Rule.of("mkdir -p onnx && cp (\\S+) onnx", "$0"),
          Rule.of("(?:python3?|node) (tools/interop/sample_onnx\\.\\w+) onnx .*", "test -f $1"),
          Rule.of("python3? (tools/\\S+\\.py) (\\S+)", "test -f $1 && test -d $2"),
          Rule.of("tensorboard --logdir (\\S+)", "test -d $1"),
          Rule.of("tools/bench/run( .*)?", "bash -n tools/bench/run"),
          // Later lines ask this server, whose port was free.
          Rule.of(
              PIXELRNN + "serve .*)",
              "nohup $1 --port 0 >serve.log 2>&1 & echo \\$! >serve.pid;"
                  + " while ! grep 'serving at' serve.log && kill -0 \\$!; do sleep 0.2; done;"
                  + ASKING
                  + "curl -sf --retry 120 --retry-delay 1 --retry-all-errors"
                  + " 'http://localhost:8500/healthz?ready' || { cat serve.log; false; }"),
          Rule.of("curl .*:predict .*", ASKING + "$0 | tee answer; grep -q '\"outputs\"' answer"),
          Rule.of("curl .*/metadata", ASKING + "$0 | tee answer; grep -q signature_def answer"),
          Rule.of(
              "curl .*",
              "set -o pipefail;" + ASKING + "$0 | tee answer | tail -c 2000; grep -q done answer"),
          Rule.of(
              "(tools/cluster \\d+ train .*)",
              "PORT="
                  + firstOfTwoPorts()
                  + " $1 --max-steps 2 --set training.batch_size=4"
                  + " --set training.validation_images=10"),
          Rule.of(
              PIXELRNN + "train .*?)( --max-steps \\d+)?",
              "$1 --max-steps 2 --set training.batch_size=4 --set training.validation_images=10"),
          Rule.of(PIXELRNN + "(?:eval|score) .*?)( --limit \\d+)?", "$1 --limit 10"),
          Rule.of(PIXELRNN + ".*)", "$1"));

  /** What Java code says, and what is compiled instead. */
  private static final List<Rule> JAVA_RULES =
      List.of(
          Rule.of("Presets\\.load\\(", "shortened("),
          Rule.of("\"mnist:[^\"]*\"", "\"" + data("mnist:DIR") + "\""),
          Rule.of("\"cifar10:[^\"]*\"", "\"" + data("cifar10:DIR") + "\""));

  /** Packages whose types a fragment may use without an import. */
  private static final List<String> IMPORTED =
      List.of(
          "java.nio.file",
          "java.util",
          "org.pixelrnn.data",
          "org.pixelrnn.evaluate",
          "org.pixelrnn.export",
          "org.pixelrnn.image",
          "org.pixelrnn.model",
          "org.pixelrnn.proto.v1",
          "org.pixelrnn.sampler",
          "org.pixelrnn.train");

  private Path folder;

  @BeforeAll
  void copyTheHouse(@TempDir Path temporary) throws IOException {
    folder = temporary;
    for (String part : List.of("tools", "savedmodels")) {
      copy(Path.of(part), folder.resolve(part));
    }
    ImageFile.write(
        new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB), folder.resolve("photo.png"));
    giveTheLauncherAJar();
  }

  @AfterAll
  void stopTheServer() throws IOException {
    Path pid = folder.resolve("serve.pid");
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      // The packages that `npm install` puts into tools/interop are large.
      for (Path file : files.filter(f -> !f.toString().contains("node_modules")).toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** A jar that leads to the classes under test. It is new, so that the launcher builds nothing. */
  private void giveTheLauncherAJar() throws IOException {
    Matcher place =
        Pattern.compile("(?m)^jar=\\$home/(.*)$")
            .matcher(Files.readString(folder.resolve("tools/pixelrnn")));
    assertTrue(place.find(), "tools/pixelrnn does not say where its jar is");
    Path jar = folder.resolve(place.group(1));
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, PixelRnn.class.getName());
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(CLASS_PATH.split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyBlockRuns() throws IOException {
    return ReadmeBlocks.in(Files.readAllLines(README)).stream().map(this::test);
  }

  private DynamicTest test(ReadmeBlocks.Code code) {
    String name = README + ":" + code.line();
    if (code instanceof ReadmeBlocks.Shell shell) {
      return DynamicTest.dynamicTest(name + " " + shell.command(), () -> run(shell.command()));
    }
    String source = ((ReadmeBlocks.Java) code).source();
    return DynamicTest.dynamicTest(name + " Java", () -> runJava("Line" + code.line(), source));
  }

  private void run(String line) throws IOException, InterruptedException {
    String command = rendered(line);
    run(List.of("bash", "-c", command), command);
    Matcher written = Pattern.compile("--(?:out|to) (\\S+)").matcher(command);
    while (written.find()) {
      assertTrue(Files.exists(folder.resolve(written.group(1))), written.group(1));
    }
  }

  private static String rendered(String line) {
    return RULES.stream()
        .map(rule -> new MatchedRule(rule.run, rule.wholeLine().matcher(data(line))))
        .filter(matched -> matched.line.matches())
        .map(matched -> matched.line.replaceFirst(matched.run))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no rule for: " + line));
  }

  /** Finds a free port whose next one is free, too. */
  private static int firstOfTwoPorts() {
    while (true) {
      try (ServerSocket first = new ServerSocket(0);
          ServerSocket second = new ServerSocket(first.getLocalPort() + 1)) {
        return second.getLocalPort() - 1;
      } catch (IOException | IllegalArgumentException e) {
        // Another program uses the second port, or the first one is the last of all ports.
      }
    }
  }

  private record MatchedRule(String run, Matcher line) {}

  /**
   * Replaces DIR by the folder of real data, or the whole SPEC by embedded data if there is none.
   */
  private static String data(String line) {
    return line.replace(
            "mnist:DIR",
            RealData.hasMnist() ? "mnist:" + RealData.mnist().toAbsolutePath() : "strokes")
        .replace(
            "cifar10:DIR",
            RealData.hasCifar10()
                ? "cifar10:" + RealData.cifar10().toAbsolutePath()
                : "strokes-rgb");
  }

  private void runJava(String name, String code) throws IOException, InterruptedException {
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, program(name, code));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                complaints,
                null,
                null,
                List.of("-cp", CLASS_PATH, "-proc:none"),
                null,
                compiler.getStandardFileManager(null, null, UTF_8).getJavaFileObjects(source))
            .call();
    assertTrue(compiled, complaints + "\n" + Files.readString(source));
    if (code.contains("static void main") || !isWholeFile(code)) {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      run(List.of(java, "-cp", CLASS_PATH + File.pathSeparator + folder, name), name);
    }
  }

  /** A block without a type is the body of a method. */
  private static String program(String name, String code) {
    String changed = code;
    for (Rule rule : JAVA_RULES) {
      changed = rule.line.matcher(changed).replaceAll(Matcher.quoteReplacement(rule.run));
    }
    if (isWholeFile(code)) {
      return changed;
    }
    List<String> imports = new ArrayList<>();
    IMPORTED.forEach(of -> imports.add("import " + of + ".*;"));
    List<String> body = new ArrayList<>();
    changed.lines().forEach(line -> (line.startsWith("import ") ? imports : body).add(line));
    return String.join("\n", imports)
        + "\npublic class "
        + name
        + " extends "
        + ReadmeNames.class.getName()
        + " {\n  public static void main(String[] args) throws Exception {\n    new "
        + name
        + "().run();\n  }\n\n  void run() throws Exception {\n"
        + String.join("\n", body)
        + "\n  }\n}\n";
  }

  private static boolean isWholeFile(String code) {
    return Pattern.compile("(?m)^(public |final )*(class|record|interface|enum) ")
        .matcher(code)
        .find();
  }

  private void run(List<String> command, String name) throws IOException, InterruptedException {
    Path printed = Files.createTempFile(folder, "printed", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    assertTrue(ended, name + " took " + LONGEST_MINUTES + " minutes");
    assertEquals(0, process.exitValue(), () -> name + "\n" + read(printed));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aLongCommandIsShortened() {
    assertEquals(
        "tools/pixelrnn eval --model m --data strokes --limit 10",
        rendered("tools/pixelrnn eval --model m --data strokes --limit 1000"));
  }

  @Test
  void aLineThatNoRuleKnowsFails() {
    AssertionError unknown = assertThrows(AssertionError.class, () -> rendered("make install"));
    assertEquals("no rule for: make install", unknown.getMessage());
  }

  @Test
  void codeIsFoundInTheFormsThatMarkdownHas() {
    List<ReadmeBlocks.Code> found =
        ReadmeBlocks.in(
            List.of(
                "text `tools/pixelrnn",
                "eval --x` and `tools/pixelrnn` and `sample`",
                "",
                "    one  a   # comment",
                "    two \\",
                "      b",
                "",
                "```java",
                "int i;",
                "```",
                "```sh",
                "three",
                "```",
                "```text",
                "no",
                "```"));
    assertEquals(
        List.of(
            new ReadmeBlocks.Shell(1, "tools/pixelrnn eval --x"),
            new ReadmeBlocks.Shell(4, "one a"),
            new ReadmeBlocks.Shell(6, "two b"),
            new ReadmeBlocks.Java(9, "int i;"),
            new ReadmeBlocks.Shell(12, "three")),
        found);
  }
}
