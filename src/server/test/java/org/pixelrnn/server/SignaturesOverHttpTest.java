package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.Sampler;

/** TensorFlow Serving's interface over HTTP, with right and wrong input, over a real socket. */
class SignaturesOverHttpTest {
  private static ServerCalls server;
  private static Sampler sampler;
  private static ImageShape shape;

  @BeforeAll
  static void start() {
    server =
        ServerCalls.startReady(
            ModelServer.builder().model("m", ServerCalls.folder("pixelcnn-colour")));
    sampler = Sampler.open(ServerCalls.folder("pixelcnn-colour"));
    shape = sampler.shape();
  }

  @AfterAll
  static void stop() {
    server.close();
    sampler.close();
  }

  private static JsonNode predict(String body) {
    ServerCalls.Reply reply = server.post("/v1/models/m:predict", body);
    assertEquals(200, reply.status(), reply.body());
    return reply.json();
  }

  /** Nested lists: {@code [height, width, channels]}. */
  private static String lists(Images image) {
    int[] next = {0};
    return list(
        shape.height(),
        () ->
            list(
                shape.width(),
                () ->
                    list(
                        shape.channels(),
                        () -> "" + Byte.toUnsignedInt(image.levels()[next[0]++]))));
  }

  private interface Part {
    String write();
  }

  private static String list(int size, Part part) {
    return IntStream.range(0, size)
        .mapToObj(i -> part.write())
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String base64(Images images) {
    return "{\"b64\": \"%s\"}".formatted(Base64.getEncoder().encodeToString(images.levels()));
  }

  private static byte[] levels(JsonNode nested) {
    List<Integer> all =
        nested.isArray()
            ? IntStream.range(0, nested.size())
                .boxed()
                .flatMap(
                    i ->
                        IntStream.range(0, levels(nested.get(i)).length)
                            .mapToObj(j -> (int) levels(nested.get(i))[j]))
                .toList()
            : List.of(nested.intValue());
    byte[] bytes = new byte[all.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = all.get(i).byteValue();
    }
    return bytes;
  }

  /** Each way to give two images to a signature with one input, in rows. */
  @Test
  void scoresImagesInRows() {
    Images two = sampler.sample(2, 5, 1);
    float[] expected = sampler.logProb(two);
    String first = lists(two.slice(0, 1));
    String second = lists(two.slice(1, 2));
    for (String instances :
        List.of(
            first + "," + second,
            "{\"images\": " + first + "}, {\"images\": " + second + "}",
            base64(two.slice(0, 1)) + "," + base64(two.slice(1, 2)),
            "{\"images\": " + base64(two.slice(0, 1)) + "}," + second)) {
      JsonNode predictions = predict("{\"instances\": [" + instances + "]}").get("predictions");
      assertEquals(2, predictions.size());
      for (int i = 0; i < 2; i++) {
        assertEquals(expected[i], predictions.get(i).get("log_prob").floatValue(), 1e-4);
        assertTrue(predictions.get(i).has("bits_per_dim"));
      }
    }
  }

  @Test
  void scoresImagesInColumns() {
    Images two = sampler.sample(2, 5, 1);
    float[] expected = sampler.logProb(two);
    String lists = "[" + lists(two.slice(0, 1)) + "," + lists(two.slice(1, 2)) + "]";
    for (String inputs :
        List.of(
            lists,
            "{\"images\": " + lists + "}",
            base64(two),
            "{\"images\":" + base64(two) + "}")) {
      JsonNode outputs =
          predict("{\"inputs\": " + inputs + ", \"signature_name\": \"log_prob\"}").get("outputs");
      assertEquals(expected[1], outputs.get("log_prob").get(1).floatValue(), 1e-4);
      assertEquals(2, outputs.get("bits_per_dim").size());
    }
  }

  /** The only output of a signature has no name. */
  @Test
  void samplesWithScalars() {
    String body =
        "{\"signature_name\": \"sample\", \"inputs\": {\"count\": 2, \"seed\": 9, \"temperature\": 1}}";
    JsonNode outputs = predict(body).get("outputs");
    assertEquals(
        Base64.getEncoder().encodeToString(sampler.sample(2, 9, 1).levels()),
        Base64.getEncoder().encodeToString(levels(outputs)));
    JsonNode byVersion = server.post("/v1/models/m/versions/1:predict", body).json();
    assertEquals(outputs, byVersion.get("outputs"));
  }

  @Test
  void theOnlyOutputHasNoNameInRows() {
    Images image = sampler.sample(1, 5, 1);
    JsonNode predictions =
        predict("{\"signature_name\": \"logits\", \"instances\": [" + lists(image) + "]}")
            .get("predictions");
    assertEquals(shape.height(), predictions.get(0).size());
    assertEquals(sampler.logits(image)[0], firstNumber(predictions), 1e-4);
  }

  private static float firstNumber(JsonNode nested) {
    return nested.isArray() ? firstNumber(nested.get(0)) : nested.floatValue();
  }

  @Test
  void completesWithTruthValues() {
    Images image = sampler.sample(1, 5, 1);
    boolean[] known = new boolean[shape.pixels()];
    Arrays.fill(known, 0, shape.width(), true);
    int[] next = {0};
    String mask = list(shape.height(), () -> list(shape.width(), () -> "" + known[next[0]++]));
    JsonNode outputs =
        predict(
                """
                {"signature_name": "complete", "inputs":
                  {"images": [%s], "known": [%s], "seed": 3, "temperature": 0.5}}"""
                    .formatted(lists(image), mask))
            .get("outputs");
    assertEquals(
        Base64.getEncoder().encodeToString(sampler.complete(image, known, 3, 0.5f).levels()),
        Base64.getEncoder().encodeToString(levels(outputs)));
  }

  @Test
  void describesModelsAndVersions() {
    JsonNode status = server.get("/v1/models/m").json().get("model_version_status").get(0);
    assertEquals(
        ServerCalls.parse(
            """
            {"version": "1", "state": "AVAILABLE",
             "status": {"error_code": "OK", "error_message": ""}}"""),
        status);
    assertEquals(200, server.get("/v1/models/m/versions/1").status());
    for (String path : List.of("/v1/models/m/metadata", "/v1/models/m/versions/1/metadata")) {
      JsonNode metadata = server.get(path).json();
      assertEquals("m", metadata.get("model_spec").get("name").asText());
      assertEquals("1", metadata.get("model_spec").get("version").asText());
      JsonNode count =
          metadata
              .get("metadata")
              .get("signature_def")
              .get("signature_def")
              .get("sample")
              .get("inputs")
              .get("count");
      assertEquals("DT_INT32", count.get("dtype").asText());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models/nobody, 404",
    "/v1/models/nobody/metadata, 404",
    "/v1/models/m/versions/7, 404",
    "/v1/models/m/versions/7/metadata, 404",
    "/v1/models/m/versions/seven, 400",
    "/v1/models/m/labels/stable, 400",
    "/v1/models/m/labels/stable/metadata, 400"
  })
  void refusesUnknownModelsAndVersions(String path, int status) {
    ServerCalls.Reply reply = server.get(path);
    assertEquals(status, reply.status(), reply.body());
    assertTrue(reply.json().get("error").isTextual());
    if (!path.endsWith("/metadata")) {
      assertEquals(status, server.post(path + ":predict", "{\"inputs\": {}}").status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " | the body is wrong; expected a JSON object",
        "{ | the body is not JSON",
        "[] | the body is wrong; expected a JSON object",
        "{} | neither `instances` nor `inputs`",
        "{'inputs': 1, 'instances': []} | both",
        "{'inputs': {}} {} | goes on",
        "{'signature_name': 7, 'inputs': {}} | `signature_name` is wrong",
        "{'signature_name': 'paint', 'inputs': {}} | no signature `paint`",
        "{'instances': {}} | expected a list",
        "{'instances': []} | is empty",
        "{'instances': [[[[1,2]]]]} | input `images` has a list of 2 on axis 3; expected",
        "{'instances': [5]} | input `images` has 5 on axis 1; expected a list",
        "{'instances': [{'b64': 'AAAA'}]} | input `images` has 3 bytes; expected",
        "{'instances': [{'b64': '!'}]} | wrong `b64`",
        "{'instances': [{}]} | instance 0 has 0 inputs; expected [images]",
        "{'instances': [{'image': 1}]} | unknown input `image`",
        "{'inputs': {'images': [[[[1.5]]]]}} | has 1.5; expected an integer of 0 to 255",
        "{'inputs': {'images': [[[[-1]]]]}} | has -1; expected an integer of 0 to 255",
        "{'inputs': {'images': [[[['a']]]]}} | has a; expected an integer of 0 to 255",
        "{'inputs': {'images': [[[[null]]]]}} | has null; expected an integer of 0 to 255",
        "{'inputs': {'images': {'b64': 'AAAA'}}} | expected a multiple of",
        "{'inputs': {'images': []}, 'signature_name': 'complete'} | `inputs` has 1 inputs",
        "{'inputs': 4, 'signature_name': 'sample'} | the values have no names",
        "{'inputs': {'count': [1], 'seed': 1, 'temperature': 1}, 'signature_name': 'sample'}"
            + " | has a list; expected an integer",
        "{'inputs': {'count': -1, 'seed': 1, 'temperature': 1}, 'signature_name': 'sample'}"
            + " | count = -1; expected at least 0",
        "{'inputs': {'count': 65, 'seed': 1, 'temperature': 1}, 'signature_name': 'sample'}"
            + " | 65 images; expected at most 64",
        "{'inputs': {'count': 1, 'seed': 1e3, 'temperature': 1}, 'signature_name': 'sample'}"
            + " | has 1e3; expected an integer",
        "{'inputs': {'count': 1, 'seed': 99999999999999999999, 'temperature': 1},"
            + " 'signature_name': 'sample'} | expected an integer",
        "{'inputs': {'count': 1, 'seed': 1, 'temperature': 1e99}, 'signature_name': 'sample'}"
            + " | fits float32",
        "{'inputs': {'count': 1, 'seed': 1, 'temperature': -1}, 'signature_name': 'sample'}"
            + " | temperature = -1.0",
        "{'inputs': {'count': 1, 'seed': 1, 'temperature': NaN}, 'signature_name': 'sample'}"
            + " | the body is not JSON",
        "{'instances': [{'count': 1, 'seed': 1, 'temperature': 1}], 'signature_name': 'sample'}"
            + " | expected `inputs` in place of `instances`"
      })
  void refusesWrongBodiesInOneSentence(String bodyAndError) {
    String[] parts = bodyAndError.split(" \\| ", 2);
    ServerCalls.Reply reply =
        server.post("/v1/models/m:predict", parts[0].replace('\'', '"').strip());
    assertEquals(400, reply.status(), reply.body());
    String error = reply.json().get("error").asText();
    assertTrue(error.contains(parts[1]), error);
    assertEquals(1, error.lines().count());
  }
}
