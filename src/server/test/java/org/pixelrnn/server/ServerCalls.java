package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.MoreFiles;
import com.linecorp.armeria.client.grpc.GrpcClients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** A server of tiny models on a free port, and calls over HTTP. */
final class ServerCalls implements AutoCloseable {
  private static final Path MODELS =
      Path.of("src/sampler/test/resources/org/pixelrnn/sampler/models");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final ModelServer server;

  private ServerCalls(ModelServer server) {
    this.server = server;
  }

  /** Status and body of an answer. */
  record Reply(int status, String type, String body) {
    JsonNode json() {
      return parse(body);
    }

    List<JsonNode> lines() {
      return body.lines().map(ServerCalls::parse).toList();
    }
  }

  /** The folder of a tiny model. */
  static Path folder(String model) {
    return MODELS.resolve(model);
  }

  /** Copies version 1 of a tiny model. */
  static void copy(String model, Path version) {
    Path from = folder(model).resolve("1");
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        Path target = version.resolve(from.relativize(file).toString());
        MoreFiles.createParentDirectories(target);
        Files.copy(file, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes the graph and the signatures of a version. */
  static void edit(Path version, Consumer<MetaGraphDef.Builder> change) {
    Path file = version.resolve("saved_model.pb");
    try {
      SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
      change.accept(model.getMetaGraphsBuilder(0));
      Files.write(file, model.build().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server on a free port. */
  static ServerCalls start(ModelServer.Builder builder) {
    return new ServerCalls(builder.port(0).watchInterval(Duration.ofMillis(50)).start());
  }

  /** Starts a server on a free port, and waits until its models are ready. */
  static ServerCalls startReady(ModelServer.Builder builder) {
    ServerCalls calls = start(builder);
    await(calls.server::isReady);
    return calls;
  }

  /** Waits for a condition, for 30 seconds at most. */
  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 30 seconds");
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }

  ModelServer server() {
    return server;
  }

  /** The engine of a model's present version. */
  ModelEngine engine(String model) {
    return server.models().find(model).current().orElseThrow().engine();
  }

  /** Makes a client of the images' methods over gRPC. */
  ImageModelsGrpc.ImageModelsBlockingStub grpc() {
    return GrpcClients.builder("gproto+h2c://127.0.0.1:" + port())
        .responseTimeout(Duration.ofSeconds(60))
        .build(ImageModelsGrpc.ImageModelsBlockingStub.class);
  }

  int port() {
    return server.uri().getPort();
  }

  Reply get(String path) {
    return send(HttpRequest.newBuilder(server.uri().resolve(path)));
  }

  Reply post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri().resolve(path))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  /** The value of a metric whose line begins like this; 0 if there is none. */
  double metric(String start) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElse(0);
  }

  /** Checks a whole stream and returns its images. */
  static byte[] images(Reply reply, Sampler of, int count) throws IOException {
    assertEquals(200, reply.status(), reply.body());
    assertEquals("application/x-ndjson", reply.type());
    List<JsonNode> lines = reply.lines();
    ImageShape size = of.shape();
    assertEquals(size.height() + 2, lines.size(), reply.body());
    JsonNode header = lines.get(0);
    assertEquals(1, header.get("version").asInt());
    assertEquals(count, header.get("count").asInt());
    assertEquals(size.height(), header.get("height").asInt());
    assertEquals(size.width(), header.get("width").asInt());
    assertEquals(size.channels(), header.get("channels").asInt());
    assertEquals(size.levels(), header.get("levels").asInt());
    int row = size.width() * size.channels();
    byte[] all = new byte[count * size.dimensions()];
    for (int r = 0; r < size.height(); r++) {
      assertEquals(r, lines.get(r + 1).get("row").asInt());
      byte[] values = lines.get(r + 1).get("values").binaryValue();
      assertEquals(count * row, values.length);
      for (int i = 0; i < count; i++) {
        System.arraycopy(values, i * row, all, (i * size.height() + r) * row, row);
      }
    }
    assertEquals(ServerCalls.parse("{\"done\":true}"), lines.get(size.height() + 1));
    return all;
  }

  private static Reply send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          CLIENT.send(
              request.timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofString());
      return new Reply(
          answer.statusCode(),
          answer.headers().firstValue("content-type").orElse(""),
          answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
