package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.Sampler;

/** Each path of the HTTP interface, with right and wrong input, over a real socket. */
class ModelsOverHttpTest {
  private static ServerCalls server;
  private static Sampler sampler;
  private static ImageShape shape;

  @BeforeAll
  static void start() {
    server =
        ServerCalls.startReady(
            ModelServer.builder()
                .model("row-lstm", ServerCalls.folder("row-lstm"))
                .model("colour", ServerCalls.folder("multi-scale-colour")));
    sampler = Sampler.open(ServerCalls.folder("row-lstm"));
    shape = sampler.shape();
  }

  @AfterAll
  static void stop() {
    server.close();
    sampler.close();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void samplesWhatTheSeedGives() throws IOException {
    ServerCalls.Reply reply =
        server.post(
            "/v1/models/row-lstm:sample", "{\"count\": 3, \"seed\": 7, \"temperature\": 0.5}");
    assertArrayEquals(sampler.sample(3, 7, 0.5f).levels(), ServerCalls.images(reply, sampler, 3));
    assertEquals("row-lstm", reply.lines().get(0).get("model").asText());
    assertEquals(7, reply.lines().get(0).get("seed").asLong());
  }

  @Test
  void samplesFromAMultiScaleModel() throws IOException {
    try (Sampler colour = Sampler.open(ServerCalls.folder("multi-scale-colour"))) {
      ServerCalls.Reply reply =
          server.post("/v1/models/colour:sample", "{\"count\": 2, \"seed\": -5}");
      assertArrayEquals(colour.sample(2, -5, 1).levels(), ServerCalls.images(reply, colour, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}"})
  void aSeedThatWasNotGivenIsNamed(String body) throws IOException {
    ServerCalls.Reply reply = server.post("/v1/models/row-lstm:sample", body);
    long seed = reply.lines().get(0).get("seed").asLong();
    assertArrayEquals(sampler.sample(1, seed, 1).levels(), ServerCalls.images(reply, sampler, 1));
  }

  @Test
  void completesImages() throws IOException {
    Images given = sampler.sample(2, 3, 1);
    byte[] known = new byte[2 * shape.pixels()];
    boolean[] mask = new boolean[known.length];
    for (int i = 0; i < known.length; i += 3) {
      known[i] = 1;
      mask[i] = true;
    }
    String body =
        "{\"images\": \"%s\", \"known\": \"%s\", \"seed\": 9}"
            .formatted(base64(given.levels()), base64(known));
    byte[] completed =
        ServerCalls.images(server.post("/v1/models/row-lstm:complete", body), sampler, 2);
    assertArrayEquals(sampler.complete(given, mask, 9, 1).levels(), completed);
  }

  @Test
  void computesLikelihoods() {
    Images given = sampler.sample(11, 3, 1);
    float[] expected = sampler.logProb(given);
    String body =
        "{\"count\": 11, \"images\": \"" + base64(given.levels()) + "\", \"pixels\": true}";
    ServerCalls.Reply reply = server.post("/v1/models/row-lstm:logProb", body);
    assertEquals(200, reply.status(), reply.body());
    JsonNode bits = reply.json().get("bits");
    assertEquals(11 * shape.pixels(), bits.size());
    for (int i = 0; i < 11; i++) {
      double nats = reply.json().get("log_prob").get(i).asDouble();
      assertEquals(expected[i], nats, 1e-3);
      assertEquals(
          shape.bitsPerDimension(-nats), reply.json().get("bits_per_dim").get(i).asDouble(), 1e-5);
      double sum = 0;
      for (int pixel = 0; pixel < shape.pixels(); pixel++) {
        sum += bits.get(i * shape.pixels() + pixel).asDouble();
      }
      assertEquals(-nats / Math.log(2), sum, 1e-3);
    }
    ServerCalls.Reply without =
        server.post(
            "/v1/models/row-lstm:logProb", "{\"images\": \"" + base64(given.levels()) + "\"}");
    assertEquals(List.of("log_prob", "bits_per_dim"), names(without.json()));
  }

  @Test
  void bitsOfPixelsOfTheSmallImageAreThoseOfTheSmallNetwork() {
    try (Sampler colour = Sampler.open(ServerCalls.folder("multi-scale-colour"))) {
      Images given = colour.sample(3, 3, 1);
      String body = "{\"images\": \"" + base64(given.levels()) + "\", \"pixels\": true}";
      JsonNode bits = server.post("/v1/models/colour:logProb", body).json().get("bits");
      float[] expected = colour.pixelBits(given);
      assertEquals(expected.length, bits.size());
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], bits.get(i).asDouble(), 1e-4, "pixel " + i);
      }
    }
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void listsModels() {
    JsonNode models = server.get("/v1/models").json().get("models");
    assertEquals(2, models.size());
    assertEquals("colour", models.get(0).get("name").asText());
    assertTrue(models.get(0).has("small"));
    assertEquals("row-lstm", models.get(1).get("name").asText());
    assertEquals("READY", models.get(1).get("state").asText());
    assertEquals(1, models.get(1).get("version").asInt());
    assertEquals(shape.height(), models.get(1).get("height").asInt());
  }

  @Test
  void answersHealthChecksAndMetrics() {
    assertEquals(200, server.get("/healthz").status());
    assertEquals(200, server.get("/healthz?ready").status());
    server.post("/v1/models/row-lstm:sample", "{\"count\": 2}");
    assertTrue(server.metric("pixelrnn_rows_total{model=\"row-lstm\"") >= shape.height());
    assertTrue(server.metric("pixelrnn_images_total{model=\"row-lstm\"") >= 2);
    assertEquals(1, server.metric("pixelrnn_model_version{model=\"row-lstm\""));
    String inTime = "model=\"row-lstm\",le=\"60.0\"";
    assertTrue(server.metric("pixelrnn_first_row_seconds_bucket{" + inTime) >= 1);
    assertTrue(
        server.metric(
                "pixelrnn_requests_seconds_bucket{method=\"sample\",model=\"row-lstm\","
                    + "outcome=\"done\",le=\"60.0\"")
            >= 1);
    ServerCalls.await(
        () ->
            server.metric(
                    "http_requests_total{hostname_pattern=\"*\",http_status=\"200\","
                        + "method=\"POST\",result=\"success\",service=\"sample\"")
                >= 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          row-lstm:sample   | {"count": 0}                      | 400 | count = 0; expected 1 to 64
          row-lstm:sample   | {"count": -1}                     | 400 | count = -1; expected 1 to 64
          row-lstm:sample   | {"count": 65}                     | 400 | count = 65; expected 1 to 64
          row-lstm:sample   | {"count": 99999999999}            | 400 | field `count` is wrong; expected an integer of -2147483648 to 2147483647
          row-lstm:sample   | {"count": 1.5}                    | 400 | field `count` is wrong; expected an integer
          row-lstm:sample   | {"count": "1"}                    | 400 | field `count` is wrong; expected an integer
          row-lstm:sample   | {"count": [1]}                    | 400 | field `count` is wrong; expected an integer
          row-lstm:sample   | {"seed": 1e3}                     | 400 | field `seed` is wrong; expected an integer
          row-lstm:sample   | {"seed": "1"}                     | 400 | field `seed` is wrong; expected an integer
          row-lstm:sample   | {"seed": 9223372036854775808}     | 400 | field `seed` is wrong; expected an integer of -9223372036854775808 to 9223372036854775807
          row-lstm:sample   | {"temperature": true}             | 400 | field `temperature` is wrong; expected a number
          row-lstm:sample   | {"temperature": -1}               | 400 | temperature = -1.0; expected
          row-lstm:sample   | {"temperature": 1e99}             | 400 | temperature = Infinity; expected
          row-lstm:sample   | {"temperature": NaN}              | 400 | the body is not JSON: Non-standard token 'NaN'
          row-lstm:sample   | {"temperature": "NaN"}            | 400 | temperature
          row-lstm:sample   | {"cuont": 1}                      | 400 | unknown field `cuont`; expected [count, seed, temperature]
          row-lstm:sample   | {"count": 1, "count": 2}          | 400 | Duplicate field
          row-lstm:sample   | {"count": 1                       | 400 | not JSON
          row-lstm:sample   | {"count": 1} {}                   | 400 | the body goes on after the JSON object; expected its end
          row-lstm:sample   | {"seed": DIGITS}                  | 400 | a number or a name that is too long
          row-lstm:sample   | 1                                 | 400 | expected a JSON object
          row-lstm:sample   | [1]                               | 400 | expected a JSON object
          row-lstm:sample   | null                              | 400 | expected a JSON object
          row-lstm:complete | {}                                | 400 | field `images` is missing
          row-lstm:complete | {"images": "AAAA"}                | 400 | field `known` is missing
          row-lstm:complete | {"images": "A", "known": ""}      | 400 | field `images` is wrong: not base64
          row-lstm:complete | {"images": "????", "known": ""}   | 400 | field `images` is wrong: not base64
          row-lstm:complete | {"images": true, "known": ""}     | 400 | field `images` is wrong; expected a text
          row-lstm:complete | {"images": 5, "known": ""}        | 400 | field `images` is wrong; expected a text
          row-lstm:complete | {"images": "", "known": ""}       | 400 | images has 0 bytes
          row-lstm:complete | {"images": "AAAA", "known": "AA"} | 400 | images has 3 bytes; expected a multiple of
          row-lstm:complete | {"images": IMAGE, "known": "AA=="} | 400 | known has 1 bytes; expected
          row-lstm:complete | {"images": IMAGE, "known": BRIGHT} | 400 | known has byte 255; expected 0 or 1
          row-lstm:logProb  | {"images": BRIGHT}                | 400 | level 255 in images of
          row-lstm:logProb  | {"images": IMAGE, "count": 2}     | 400 | images has 1 images; count says 2
          nobody:sample     | {}                                | 404 | no model `nobody`; expected one of colour, row-lstm
          nobody:sample     | [                                 | 404 | no model `nobody`
          nobody:logProb    | {}                                | 404 | no model `nobody`
          nobody:predict    | {}                                | 404 | no model `nobody`
          row-lstm:logProb  | {"images": IMAGE, "pixels": 1}    | 400 | field `pixels` is wrong; expected true or false
          row-lstm:dream    | {}                                | 404 |
          """)
  void wrongInputIsOneSentence(String path, String body, int status, String why) {
    byte[] bright = new byte[shape.dimensions()];
    Arrays.fill(bright, (byte) 255);
    ServerCalls.Reply reply =
        server.post(
            "/v1/models/" + path,
            body.replace("IMAGE", '"' + base64(new byte[shape.dimensions()]) + '"')
                .replace("BRIGHT", '"' + base64(bright) + '"')
                .replace("DIGITS", "1".repeat(5000)));
    assertEquals(status, reply.status(), reply.body());
    assertEquals(List.of("error"), names(reply.json()));
    String error = reply.json().get("error").asText();
    assertEquals(1, error.lines().count(), error);
    assertTrue(why == null || error.contains(why), error);
    assertFalse(error.matches(".*(java|pixelrnn|Feature|Source|[cC]oerc).*"), error);
  }

  @Test
  void otherMethodsAreRefused() {
    ServerCalls.Reply reply = server.get("/v1/models/row-lstm:sample");
    assertEquals(405, reply.status());
    assertTrue(reply.json().has("error"));
    assertEquals(405, server.post("/metrics", "").status());
  }
}
