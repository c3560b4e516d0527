package org.pixelrnn.train.workers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The first bytes that a client of HTTP/2 and its server send to each other. TensorFlow's servers
 * answer them, as all servers of gRPC do. The threads that compute have no part in it, so a worker
 * answers while a step takes minutes.
 */
final class Greeting {
  /** The first bytes of a client, with an empty frame of settings. */
  private static final byte[] HELLO =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);

  /** Length (3 bytes), type, flags and stream (4 bytes) of a frame. */
  private static final int FRAME_HEADER = 9;

  private static final int SETTINGS = 4;

  private Greeting() {}

  /**
   * Connects to a worker and waits for its answer. The system also connects to a frozen process, so
   * the worker must answer.
   *
   * @param address where the worker listens
   * @param timeout the time for connecting; the answer is awaited for what is left of it
   * @throws IOException if no worker answers there in time
   */
  static void exchange(InetSocketAddress address, Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    try (Socket socket = new Socket()) {
      socket.connect(address, millisUntil(end));
      socket.getOutputStream().write(HELLO);
      socket.setSoTimeout(millisUntil(end));
      byte[] frame = answer(socket);
      if (frame.length < FRAME_HEADER || frame[3] != SETTINGS) {
        throw new IOException("something else than a worker answers there");
      }
    }
  }

  /** At least one, because zero would mean to wait for ever. */
  private static int millisUntil(long end) {
    return Math.toIntExact(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
  }

  private static byte[] answer(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readNBytes(FRAME_HEADER);
    } catch (SocketTimeoutException e) {
      throw new IOException("the process that listens there does not answer", e);
    }
  }
}
