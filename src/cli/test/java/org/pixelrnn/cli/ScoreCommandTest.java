package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.ImageScore;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.server.ModelServer;

/** The command score, on a network of a few weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScoreCommandTest {
  private static final String SCORE = "score --model {} --data strokes --limit 120";

  private Path folder;
  private TinyModel tiny;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
  }

  @Test
  void theLeastLikelyImageIsFirstAndTheMeanIsThatOfEval() {
    List<List<String>> rows = rows(run(0, SCORE, tiny.model()).out());
    assertEquals(List.of("name", "nats", "bits_per_dim"), rows.get(0));
    assertEquals(121, rows.size());
    double before = Double.POSITIVE_INFINITY;
    double sum = 0;
    for (List<String> row : rows.subList(1, rows.size())) {
      assertTrue(row.get(0).matches("test/\\d+"), row.toString());
      double nats = Double.parseDouble(row.get(1));
      assertTrue(nats <= before, row.toString());
      assertEquals(nats / (784 * Math.log(2)), Double.parseDouble(row.get(2)), 1e-6);
      before = nats;
      sum += nats;
    }
    JsonObject measured =
        run(0, "eval --model {} --data strokes --limit 120 --json", tiny.model()).json();
    assertEquals(measured.get("nats_per_image").getAsDouble(), sum / 120, 1e-3);
  }

  @Test
  void theFileAndTheJsonObjectHaveTheSameScores() throws IOException {
    Path file = folder.resolve("new/scores.csv");
    String summary = run(0, SCORE + " --out {}", tiny.model(), file).out();
    assertTrue(summary.startsWith("120 images, the least likely test/"), summary);
    assertEquals(run(0, SCORE, tiny.model()).out(), Files.readString(file));
    JsonObject object = run(0, SCORE + " --json", tiny.model()).json();
    assertEquals(120, object.get("images").getAsInt());
    assertFalse(object.has("bound"));
    JsonArray scores = object.getAsJsonArray("scores");
    List<List<String>> rows = rows(Files.readString(file));
    for (int i = 0; i < 120; i++) {
      JsonObject score = scores.get(i).getAsJsonObject();
      assertEquals(rows.get(i + 1).get(0), score.get("name").getAsString());
      assertEquals(
          Double.parseDouble(rows.get(i + 1).get(1)), score.get("nats").getAsDouble(), 1e-3);
    }
  }

  @Test
  void heatMapsAreNumberedAsTheRows() throws IOException {
    Path maps = folder.resolve("maps/of/bits");
    String line = SCORE + " --heatmaps {} --heatmap-count 3";
    Commands.Output output = run(0, line, tiny.model(), maps);
    assertEquals(121, output.out().lines().count());
    assertEquals("3 heat maps: " + maps, output.err().strip());
    try (Stream<Path> files = Files.list(maps)) {
      assertEquals(
          List.of("00001.png", "00002.png", "00003.png"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    BufferedImage map = ImageFile.decode(maps.resolve("00001.png"));
    assertTrue(map.getWidth() > 2 * 280 && map.getHeight() > 280, map.toString());
    assertRefused(
        "00001.png is not a folder",
        SCORE + " --heatmaps {}",
        tiny.model(),
        maps.resolve("00001.png"));
  }

  /** All pictures of a folder are scored, not only its test split. */
  @Test
  void aFolderIsScoredAsAWhole() throws IOException {
    Path pictures = folder.resolve("pictures");
    List<String> expected = new ArrayList<>();
    for (String name : List.of("a,b.png", "quoted \"c\".png", "sub/two\nlines.png")) {
      ImageFile.write(
          new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY), pictures.resolve(name));
      expected.add(pictures + "/" + name);
    }
    String line = "score --model {} --data {}";
    List<List<String>> rows = rows(run(0, line, tiny.model(), "folder:" + pictures).out());
    assertEquals(
        expected, rows.subList(1, rows.size()).stream().map(row -> row.get(0)).sorted().toList());
  }

  @Test
  void namesSurviveTheTable() {
    List<ImageScore> scores =
        Stream.of("plain", "a,b", "\"", "two\nlines", "cr\r", "", "größe 图")
            .map(name -> new ImageScore(name, Split.TEST, 0, 1.25, 0.5))
            .toList();
    List<List<String>> rows = rows(ScoreTable.csv(scores));
    assertEquals(scores.size() + 1, rows.size());
    for (int i = 0; i < scores.size(); i++) {
      assertEquals(List.of(scores.get(i).name(), "1.2500", "0.500000"), rows.get(i + 1));
    }
    String head = ScoreTable.head(scores, 4);
    assertEquals(6, head.lines().count(), head);
    assertTrue(head.contains("two?lines"), head);
    assertTrue(head.endsWith("... and 3 likelier images; --out FILE.csv writes all\n"), head);
  }

  @Test
  @Tag("slow")
  void aModelOfBoundsHasScoresButNoHeatMaps() throws Exception {
    Path model =
        TinyModel.multiScale(folder, "bound", "draw_every_pixel: true reduction: BOX").model();
    Path maps = folder.resolve("no-maps");
    assertRefused("draw_every_pixel", SCORE + " --heatmaps {}", model, maps);
    assertFalse(Files.exists(maps));
    Commands.Output output = run(0, SCORE, model);
    assertTrue(output.err().contains("upper bounds"), output.err());
    assertTrue(run(0, SCORE + " --json", model).json().get("bound").getAsBoolean());
    assertRefusedByTheServer(model);
  }

  /** The server gives the likelihoods of such a model, but not the bits of its pixels. */
  private static void assertRefusedByTheServer(Path model) throws Exception {
    try (ModelServer server = ModelServer.builder().model("bound", model).port(0).start()) {
      while (!server.isReady()) {
        Thread.sleep(20);
      }
      ImageShape shape;
      try (Sampler sampler = Sampler.open(model)) {
        shape = sampler.shape();
      }
      String images = Base64.getEncoder().encodeToString(new byte[shape.dimensions()]);
      for (boolean pixels : new boolean[] {false, true}) {
        HttpRequest request =
            HttpRequest.newBuilder(server.uri().resolve("/v1/models/bound:logProb"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"images\": \"%s\", \"pixels\": %b}".formatted(images, pixels)))
                .build();
        HttpResponse<String> answer =
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(pixels ? 400 : 200, answer.statusCode(), answer.body());
        assertEquals(pixels, answer.body().contains("draw_every_pixel"), answer.body());
      }
    }
  }

  /** Reads CSV as RFC 4180 has it. */
  private static List<List<String>> rows(String csv) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (c == '"') {
        // Two quotes inside a quoted field are one.
        if (!quoted && i > 0 && csv.charAt(i - 1) == '"') {
          field.append(c);
        }
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      } else {
        field.append(c);
      }
    }
    assertTrue(row.isEmpty() && field.isEmpty() && !quoted, "the last row is whole");
    return rows;
  }
}
