package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the server sends with the page. {@link PageTest} opens it in a browser. */
class PageOverHttpTest {
  @Test
  void thePageMayUseNothingButItselfAndItsServer() throws IOException, InterruptedException {
    try (ServerCalls server =
        ServerCalls.start(
            ModelServer.builder().model("m", ServerCalls.folder("row-lstm")).token("secret"))) {
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(server.server().uri()).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(200, page.statusCode());
      assertEquals(List.of("text/html; charset=utf-8"), page.headers().allValues("content-type"));
      String policy = page.headers().firstValue("content-security-policy").orElseThrow();
      assertTrue(policy.startsWith("default-src 'none'; script-src 'sha256-"), policy);
      assertTrue(policy.contains("; connect-src 'self'; "), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertFalse(page.body().contains("://"), "the page names another address");
    }
  }
}
