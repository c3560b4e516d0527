package org.pixelrnn.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * The web page, one file. Its security policy lets a browser run the file's own script and style,
 * known by their hashes, and talk to this server. Everything else is forbidden.
 */
final class PageOverHttp {
  /** The path of the page. */
  static final String PATH = "/";

  private final ResponseHeaders headers;
  private final HttpData page;

  /** Reads the page. */
  PageOverHttp() {
    String html;
    try {
      html = Resources.toString(Resources.getResource(PageOverHttp.class, "page.html"), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    page = HttpData.ofUtf8(html);
    headers =
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.HTML_UTF_8)
            .add(HttpHeaderNames.CONTENT_SECURITY_POLICY, policy(html))
            .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
            .add(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
            .add(HttpHeaderNames.CACHE_CONTROL, "no-cache")
            .build();
  }

  private static String policy(String html) {
    return String.join(
        "; ",
        "default-src 'none'",
        "script-src " + hash(html, "script"),
        "style-src " + hash(html, "style"),
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'");
  }

  /** The hash of the text of an element, which occurs once and has no attributes. */
  private static String hash(String html, String element) {
    int from = html.indexOf("<" + element + ">") + element.length() + 2;
    String text = html.substring(from, html.indexOf("</" + element + ">", from));
    byte[] sha256 = Hashing.sha256().hashString(text, UTF_8).asBytes();
    return "'sha256-" + Base64.getEncoder().encodeToString(sha256) + "'";
  }

  /** Adds the path to a server. */
  void addTo(ServerBuilder server) {
    ServicesOnOnePort.named("page", server.route().get(PATH))
        .build((ctx, request) -> HttpResponse.of(headers, page));
  }
}
