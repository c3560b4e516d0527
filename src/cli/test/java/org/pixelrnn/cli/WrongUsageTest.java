package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.pixelrnn.cli.Commands.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong usage and wrong input: one line on standard error, status 2, and no file is written. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongUsageTest {
  private Path folder;
  private TinyModel tiny;
  private ServerSocket taken;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
    taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterAll
  void freePort() throws IOException {
    taken.close();
  }

  /** MODEL, RUN and OUT stand for paths; nothing exists at OUT. TAKEN is a port in use. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "train --run-dir OUT",
        "train --preset no-such --data strokes --run-dir OUT",
        "train --preset strokes-pixelcnn --run-dir OUT",
        "train --preset strokes-pixelcnn --config OUT --data strokes --run-dir OUT",
        "train --preset strokes-pixelcnn --data mnist:/no/such/folder --run-dir OUT",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set training.batch_size=0",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set model.width=27",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --max-steps 0",
        "train --preset strokes-rgb-pixelcnn --data strokes --run-dir OUT",
        "train --resume --run-dir OUT",
        "train --from RUN --data strokes --run-dir OUT",
        "train --from MODEL --preset strokes-pixelcnn --data strokes --run-dir OUT",
        "train --from MODEL --run-dir OUT",
        "train --from MODEL --run-dir RUN --resume",
        "train --from MODEL --data strokes --run-dir OUT --set model.h=8",
        "train --full-from MODEL --data strokes --run-dir OUT",
        "train --full-from MODEL --from MODEL --data strokes --run-dir OUT",
        "train --full-from MODEL --run-dir RUN --resume",
        "train --full-from MODEL --preset strokes-pixelcnn --data strokes --run-dir OUT",
        "train --full-from MODEL --preset strokes-rgb-multi-scale --data strokes-rgb --run-dir OUT",
        "train --full-from OUT --preset strokes-rgb-multi-scale --data strokes-rgb --run-dir OUT",
        "curves --run-dir OUT --out OUT",
        "curves --run-dir RUN",
        "export --run-dir OUT --to OUT",
        "export --run-dir RUN",
        "export --model OUT --to OUT",
        "export --model RUN --to OUT",
        "export --model MODEL --run-dir RUN --to OUT",
        "export --model MODEL",
        "eval --model OUT --data strokes",
        "eval --model MODEL --data circles",
        "eval --model MODEL --data strokes-rgb",
        "eval --model MODEL --data strokes --split tset",
        "eval --model MODEL --data strokes --limit -1",
        "score --model OUT --data strokes",
        "score --model MODEL",
        "score --model MODEL --data circles",
        "score --model MODEL --data strokes-rgb",
        "score --model MODEL --data strokes --split tset",
        "score --model MODEL --data strokes --limit -1",
        "score --model MODEL --data strokes --out RUN",
        "score --model MODEL --data strokes --out OUT/",
        "score --model MODEL --data strokes --out RUN/run.textproto/x.csv",
        "score --model MODEL --data strokes --limit 1 --out /dev/full",
        "score --model MODEL --data strokes --out /dev/stdout --json",
        "score --model MODEL --data strokes --heatmaps RUN/run.textproto",
        "score --model MODEL --data strokes --heatmap-count 3",
        "score --model MODEL --data strokes --heatmaps OUT --heatmap-count -1",
        "sample --model MODEL --count 0 --out OUT",
        "sample --model MODEL --count 2000000000 --out OUT",
        "sample --model MODEL --out .",
        "sample --model MODEL --out /",
        "sample --model MODEL --out OUT/",
        "sample --model MODEL --out RUN",
        "sample --model MODEL --out OUT.jpg",
        "sample --model MODEL --out RUN/run.textproto/x.png",
        "complete --model MODEL --data strokes --occlude top:0.5 --out OUT.jpg",
        "upscale --model MODEL --image RUN/samples.png --out OUT.jpg",
        "curves --run-dir RUN --out OUT.jpg",
        "inspect --model MODEL --receptive-field 3,2 --out OUT.jpg",
        "inspect --model MODEL --softmax 0,0,0 --image RUN/samples.png --out OUT.jpg",
        "sample --model MODEL --out /dev/full",
        "export --run-dir RUN --to RUN/run.textproto",
        "sample --model MODEL --count 1 --temperature -1 --out OUT",
        "sample --model RUN --count 1 --out OUT",
        "complete --model MODEL --data strokes --occlude half --out OUT",
        "complete --model MODEL --data strokes --occlude top:0.5 --completions 0 --out OUT",
        "complete --model MODEL --occlude bottom:0.5 --out OUT",
        "complete --model MODEL --image RUN/run.textproto --occlude bottom:0.5 --out OUT",
        "upscale --model MODEL --image RUN/samples.png --out OUT",
        "upscale --model MODEL --out OUT",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --stage small",
        "train --preset mnist-multi-scale --data strokes --run-dir OUT --stage whole",
        "train --preset mnist-multi-scale --data strokes --run-dir OUT --set model.multi_scale.factor=3",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set small_training.steps=3",
        "inspect --model OUT",
        "inspect --model MODEL --softmax 0,0,0 --out OUT",
        "inspect --model MODEL --softmax 0,0,1 --image RUN/samples.png --out OUT",
        "inspect --model MODEL --softmax 0,0,0 --image RUN/samples.png",
        "inspect --model MODEL --softmax 0,0,0 --image RUN/samples.png --receptive-field 0,0 --out OUT",
        "inspect --model MODEL --receptive-field 3,28 --out OUT",
        "inspect --model MODEL --receptive-field 3 --out OUT",
        "inspect --model MODEL --receptive-field 3,2,0 --out OUT",
        "inspect --model MODEL --receptive-field 3,2",
        "inspect --model MODEL --out OUT",
        "train --preset strokes-pixelcnn --data strokes --run-dir OUT --set data.random_crop=0.5",
        "train --preset strokes-pixelcnn --data folder:MODEL --run-dir OUT",
        "train --preset strokes-pixelcnn --data tfrecord:RUN/*.textproto --run-dir OUT",
        "train --preset strokes-pixelcnn --data cifar10:RUN --run-dir OUT",
        "serve",
        "serve --model OUT",
        "serve --model RUN",
        "serve --model m=OUT",
        "serve --model m=MODEL --model m=MODEL",
        "serve --model MODEL --port TAKEN",
        "serve --model MODEL --port 70000",
        "serve --model MODEL --port -1",
        "serve --model MODEL --port http",
        "serve --model MODEL --host no-such-host.invalid",
        "serve --model MODEL --max-images 0",
        "serve --model MODEL --max-bytes 0",
        "serve --model MODEL --max-bytes 3000000000",
        "serve --model MODEL --max-requests 0",
        "serve --model MODEL --max-waiting -1",
        "serve --model MODEL --max-seconds 0",
        "serve --model MODEL --max-seconds NaN",
        "serve --model MODEL --tls-cert RUN/run.textproto",
        "serve --model MODEL --tls-key RUN/run.textproto",
        "serve --model MODEL --tls-cert RUN/run.textproto --tls-key RUN/run.textproto",
        "serve --model MODEL --tls-cert OUT --tls-key OUT",
        "serve --model MODEL --token-file OUT",
        "serve --model MODEL --token-file /dev/null",
      })
  void printsOneLine(String line) {
    Path nothing = folder.resolve("nothing.png");
    Commands.Output output =
        run(
            2,
            Arrays.asList(
                line.replace("MODEL", tiny.model().toString())
                    .replace("RUN", tiny.run().toString())
                    .replace("OUT", nothing.toString())
                    .replace("TAKEN", "" + taken.getLocalPort())
                    .split(" ")));
    assertEquals(1, output.err().lines().count(), output.err());
    assertEquals("", output.out());
    assertFalse(Files.exists(nothing), "a file is left behind");
    assertFalse(Files.exists(Path.of(nothing + ".jpg")), "a file is left behind");
  }
}
