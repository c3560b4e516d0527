package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** Gives commands as a person does, inside this process. */
final class Commands {
  private Commands() {}

  /** What a command printed. */
  record Ended(String out, String err) {
    JsonObject json() {
      return JsonParser.parseString(out).getAsJsonObject();
    }
  }

  /** Runs a command that must end with this exit status. */
  static Ended run(int status, Object... words) {
    String[] arguments = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Failures failures = new Failures(false);
    CommandLine root = PixelRnn.commandLine(failures);
    root.setOut(new PrintWriter(out, true));
    root.setErr(new PrintWriter(err, true));
    assertEquals(
        status, failures.watch(root, arguments), () -> String.join(" ", arguments) + ": " + err);
    return new Ended(out.toString(), err.toString());
  }
}
