package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import picocli.CommandLine;

/** Runs commands inside this process. */
final class Commands {
  private Commands() {}

  /** The output of a command. */
  record Output(String out, String err) {
    JsonObject json() {
      return JsonParser.parseString(out).getAsJsonObject();
    }
  }

  /**
   * Runs a command, and fails if its exit status is another.
   *
   * @param line the words of the command, separated by spaces
   * @param values replace the words {@code {}} of the line, in order; they may contain spaces
   */
  static Output run(int status, String line, Object... values) {
    return run(status, words(line, values));
  }

  /** Runs a command of these words. */
  static Output run(int status, List<String> words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Failures failures = new Failures(false);
    CommandLine root = PixelRnn.commandLine(failures);
    root.setOut(new PrintWriter(out, true));
    root.setErr(new PrintWriter(err, true));
    assertEquals(
        status,
        failures.watch(root, words.toArray(String[]::new)),
        () -> String.join(" ", words) + ": " + err);
    return new Output(out.toString(), err.toString());
  }

  /** The words that run a command in a process of its own. */
  static List<String> process(List<String> words) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // A process that began with a signal ignored, as under nohup, ignores it for ever.
      command.addAll(List.of("env", "--default-signal=INT,TERM,HUP"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PixelRnn.class.getName());
    command.addAll(words);
    return command;
  }

  /** Runs a command that must fail with status 2 and one line, which contains {@code why}. */
  static void assertRefused(String why, String line, Object... values) {
    Output output = run(2, line, values);
    assertTrue(output.err().contains(why), output.err());
    assertEquals(1, output.err().lines().count(), output.err());
    assertEquals("", output.out());
  }

  private static List<String> words(String line, Object... values) {
    Queue<Object> left = new ArrayDeque<>(Arrays.asList(values));
    List<String> words =
        Arrays.stream(line.split(" "))
            .map(word -> word.equals("{}") ? left.remove().toString() : word)
            .toList();
    assertTrue(left.isEmpty(), () -> line + " has too few {} for " + left);
    return words;
  }
}
