package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code pixelrnn serve} as a process of its own: its start, its log, and its end by SIGTERM. */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class ServeProcessTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path folder;

  private static HttpRequest.Builder request(URI server, String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  private static int status(URI server, String path) throws IOException, InterruptedException {
    return CLIENT
        .send(request(server, path).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** One file of the model is a pipe, so that loading waits until the test writes into it. */
  private Path aPipeInTheModel() throws IOException, InterruptedException {
    String copy =
        "cp -R savedmodels/mnist-row-lstm $0/m && cd $0/m/*/assets.extra"
            + " && mv pixelrnn.textproto $0/description && mkfifo pixelrnn.textproto && pwd";
    Process shell = new ProcessBuilder("bash", "-c", copy, folder.toString()).start();
    String made = shell.inputReader().readLine();
    assertEquals(0, shell.waitFor());
    return Path.of(made, "pixelrnn.textproto");
  }

  @Test
  void aRunningRequestEndsAfterSigterm() throws Exception {
    Path log = folder.resolve("log");
    Path description = aPipeInTheModel();
    Process process =
        new ProcessBuilder(
                Commands.process(
                    List.of("serve", "--model", "m=" + folder.resolve("m"), "--port", "0")))
            .redirectError(log.toFile())
            .start();
    try {
      BufferedReader out = process.inputReader();
      String line = out.readLine();
      assertTrue(line.startsWith("serving at http://127.0.0.1:"), line + Files.readString(log));
      URI server = URI.create(line.substring("serving at ".length()));
      // The port is open before the model is loaded.
      assertEquals(503, status(server, "/healthz?ready"));
      assertEquals(200, status(server, "/healthz"));
      Files.write(description, Files.readAllBytes(folder.resolve("description")));
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (status(server, "/healthz?ready") != 200) {
        assertTrue(System.nanoTime() < end && process.isAlive(), Files.readString(log));
        Thread.sleep(50);
      }
      CompletableFuture<HttpResponse<Stream<String>>> answer =
          CLIENT.sendAsync(
              request(server, "/v1/models/m:sample")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"count\": 64, \"seed\": 1}"))
                  .build(),
              HttpResponse.BodyHandlers.ofLines());
      HttpResponse<Stream<String>> begun = answer.get(60, TimeUnit.SECONDS);
      breakTheProtocol(server);
      process.destroy();
      List<String> lines = begun.body().toList();
      assertEquals("{\"done\":true}", lines.get(lines.size() - 1));
      assertTrue(process.waitFor(40, TimeUnit.SECONDS), "still running after SIGTERM");
      assertEquals(0, process.exitValue(), Files.readString(log));
      List<String> requests =
          Files.readAllLines(log).stream().filter(text -> text.contains(":sample")).toList();
      assertEquals(1, requests.size(), Files.readString(log));
      assertTrue(
          requests.get(0).matches(".* POST /v1/models/m:sample 200 [0-9]+ bytes [0-9]+ ms"),
          requests.get(0));
      assertTrue(
          Files.readAllLines(log).stream()
              .noneMatch(text -> text.startsWith("\tat ") || text.contains(" WARN ")),
          Files.readString(log));
    } finally {
      process.destroyForcibly();
    }
  }

  /** Sends the first bytes of HTTP/2, and then what no client of HTTP/2 sends. */
  private static void breakTheProtocol(URI server) throws IOException {
    try (Socket client = new Socket(server.getHost(), server.getPort())) {
      OutputStream out = client.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[100]);
      out.flush();
      client.getInputStream().readAllBytes();
    }
  }
}
