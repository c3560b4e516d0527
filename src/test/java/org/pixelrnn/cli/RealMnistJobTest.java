package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.RealData;
import picocli.CommandLine;

/** The main job on real data: 600 steps of the MNIST preset, exported, measured and drawn with. */
@Tag("slow")
@EnabledIf("org.pixelrnn.data.RealData#hasMnist")
class RealMnistJobTest {

  @TempDir private Path folder;

  @Test
  void sixHundredStepsAreBelow130Nats() {
    String data = "mnist:" + RealData.mnist();
    String run = folder.resolve("run").toString();
    String model = folder.resolve("model").toString();
    run(
        "train",
        "--preset",
        "mnist-pixelcnn",
        "--data",
        data,
        "--max-steps",
        "600",
        "--run-dir",
        run);
    run("export", "--run-dir", run, "--to", model);
    JsonObject measured =
        JsonParser.parseString(run("eval", "--model", model, "--data", data, "--json"))
            .getAsJsonObject();
    assertEquals(10_000, measured.get("images").getAsInt());
    double nats = measured.get("nats_per_image").getAsDouble();
    assertTrue(nats < 130, nats + " nats");
    // A true likelihood of binarised digits: the best models known are near 78 nats.
    assertTrue(nats > 75, nats + " nats");
    Path samples = folder.resolve("samples.png");
    run("sample", "--model", model, "--count", "100", "--seed", "1", "--out", samples.toString());
    Path completions = folder.resolve("completions.png");
    run(
        "complete",
        "--model",
        model,
        "--data",
        data,
        "--count",
        "8",
        "--occlude",
        "bottom:0.5",
        "--seed",
        "1",
        "--out",
        completions.toString());
    assertTrue(Files.exists(samples) && Files.exists(completions));
  }

  private static String run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Failures failures = new Failures(true);
    CommandLine root = PixelRnn.commandLine(failures);
    root.setOut(new PrintWriter(out, true));
    root.setErr(new PrintWriter(err, true));
    assertEquals(0, failures.watch(root, words), err::toString);
    return out.toString();
  }
}
