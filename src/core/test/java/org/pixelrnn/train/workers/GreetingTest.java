package org.pixelrnn.train.workers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** Workers answer a greeting, other processes do not. */
class GreetingTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static ServerSocket socket() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static String address(ServerSocket socket) {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private static InetSocketAddress at(String address) {
    return new Cluster(ImmutableList.of(address), 0).lookUp(0);
  }

  private static String failure(String address, Duration timeout) {
    return assertThrows(IOException.class, () -> Greeting.exchange(at(address), timeout))
        .getMessage();
  }

  @Test
  void aSilentProcessIsWaitedForUntilTheTimeout() throws IOException {
    try (ServerSocket silent = socket()) {
      long begin = System.nanoTime();
      assertEquals(
          "the process that listens there does not answer", failure(address(silent), SECOND));
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertTrue(seconds > 0.9 && seconds < 30, seconds + " s");
    }
  }

  @Test
  void anotherServerIsNoWorker() throws IOException {
    try (ServerSocket other = socket()) {
      CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> answer(other));
      assertEquals("something else than a worker answers there", failure(address(other), MINUTE));
      answering.join();
    }
  }

  private static void answer(ServerSocket server) {
    try (Socket client = server.accept()) {
      client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      client.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one thread of the worker is busy until the product is there. */
  @Test
  @Tag("slow")
  void aWorkerAnswersWhileItComputes() throws IOException {
    String address;
    try (ServerSocket free = socket()) {
      address = address(free);
    }
    Cluster cluster = new Cluster(ImmutableList.of(address), 0);
    Server server = new Rendezvous(cluster, SECOND).listen(1);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> product =
          tf.math.mul(
              tf.random.randomUniform(tf.constant(new int[] {2000, 2000}), TFloat32.class),
              tf.constant(1e-3f));
      for (int i = 0; i < 16; i++) {
        product = tf.linalg.matMul(product, product);
      }
      Operand<TFloat32> last = tf.gather(product, tf.constant(0), tf.constant(0));
      try (RemoteSession remote =
          RemoteSession.of(graph, "grpc://" + address, ConfigProto.getDefaultInstance())) {
        Session session = remote.session();
        CompletableFuture<Void> computing =
            CompletableFuture.runAsync(() -> session.runner().fetch(last).run().close());
        int answers = 0;
        while (!computing.isDone()) {
          Greeting.exchange(at(address), Duration.ofSeconds(10));
          answers++;
          Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(50));
        }
        computing.join();
        assertTrue(answers >= 5, answers + " answers while it computed");
      }
    } finally {
      // Nobody frees the server until here.
      Reference.reachabilityFence(server);
    }
  }
}
