package org.pixelrnn.server;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.proto.service.v1.SampleHeader;

/** Rows as newline-delimited JSON: a header, a line for each row, and a last line. */
final class RowsAsLines implements RowDelivery.Receiver {
  private final CompletableFuture<HttpResponse> begun;
  private final CompletableFuture<?> gone;
  private final HttpResponseWriter lines = HttpResponse.streaming();

  /**
   * Makes the answer to a request.
   *
   * @param begun completed when the answer begins, or with the reason why there is none
   * @param gone completes when the client has the answer, or has gone away
   */
  RowsAsLines(CompletableFuture<HttpResponse> begun, CompletableFuture<?> gone) {
    this.begun = begun;
    this.gone = gone;
  }

  @Override
  public void begin(SampleHeader header) {
    lines.write(
        ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson"));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("model", header.getModel());
    line.put("version", header.getVersion());
    line.put("count", header.getCount());
    ModelsOverHttp.addTo(line, header.getImage());
    line.put("seed", header.getSeed());
    write(line);
    begun.complete(lines);
  }

  @Override
  public CompletableFuture<Void> row(int row, byte[] values) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("row", row);
    line.put("values", values);
    write(line);
    return lines.whenConsumed();
  }

  @Override
  public void done() {
    write(Map.of("done", true));
    lines.close();
  }

  @Override
  public void refuse(RefusedRequest why) {
    if (!begun.completeExceptionally(why)) {
      write(Map.of("error", why.getMessage()));
      lines.close();
    }
  }

  @Override
  public CompletableFuture<?> whenGone() {
    return gone;
  }

  /** Does nothing if the client has gone away. */
  private void write(Map<String, ?> line) {
    boolean unused = lines.tryWrite(JsonBody.line(line));
  }
}
