package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.run;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.RealData;

/**
 * The main job on real data: 600 steps of the MNIST preset, then export, eval, sample, complete.
 */
@Tag("slow")
@EnabledIf("org.pixelrnn.data.RealData#hasMnist")
class RealMnistJobTest {

  @TempDir private Path folder;

  @Test
  void sixHundredStepsAreBelow130Nats() {
    String data = "mnist:" + RealData.mnist();
    String run = folder.resolve("run").toString();
    String model = folder.resolve("model").toString();
    run(0, "train --preset mnist-pixelcnn --data {} --max-steps 600 --run-dir {}", data, run);
    run(0, "export --run-dir {} --to {}", run, model);
    JsonObject measured = run(0, "eval --model {} --data {} --json", model, data).json();
    assertEquals(10_000, measured.get("images").getAsInt());
    double nats = measured.get("nats_per_image").getAsDouble();
    assertTrue(nats < 130, nats + " nats");
    // A true likelihood of binarised digits: the best models known are near 78 nats.
    assertTrue(nats > 75, nats + " nats");
    Path samples = folder.resolve("samples.png");
    run(0, "sample --model {} --count 100 --seed 1 --out {}", model, samples);
    Path completions = folder.resolve("completions.png");
    run(
        0,
        "complete --model {} --data {} --count 8 --occlude bottom:0.5 --seed 1 --out {}",
        model,
        data,
        completions);
    assertTrue(Files.exists(samples) && Files.exists(completions));
  }
}
