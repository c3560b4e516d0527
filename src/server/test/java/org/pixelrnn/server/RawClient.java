package org.pixelrnn.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client of HTTP/1.1 that sends exactly the bytes it is told. */
final class RawClient implements AutoCloseable {
  private final Socket socket = new Socket();

  /**
   * Connects.
   *
   * @param receiveBuffer the bytes that may arrive before they are read; 0 for the default
   */
  RawClient(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(30_000);
  }

  /** Connects and sends a request. */
  static RawClient post(int port, String path, String body) throws IOException {
    RawClient client = new RawClient(port, 0);
    client.send(head(path, body.length()) + body);
    return client;
  }

  /** The first lines of a request whose body has this many bytes. */
  static String head(String path, long length) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Says that nothing more will be sent. */
  void endInput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads up to a text, and returns what was read. It ends earlier if the server hangs up. */
  String readTo(String text) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      read.write(b);
      if (read.toString(ISO_8859_1).endsWith(text)) {
        break;
      }
    }
    return read.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
