package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.TlsKeyPair;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1alpha.ServerReflectionGrpc;
import io.grpc.reflection.v1alpha.ServerReflectionRequest;
import io.grpc.reflection.v1alpha.ServerReflectionResponse;
import io.grpc.reflection.v1alpha.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc.ImageModelsBlockingStub;
import org.pixelrnn.proto.service.v1.ListModelsRequest;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;

/** Encryption, tokens, and what gRPC tells about the services. */
class TlsAndTokenTest {
  @TempDir private Path folder;

  private static ModelServer.Builder rowLstm() {
    return ModelServer.builder().model("m", ServerCalls.folder("row-lstm"));
  }

  private Path pem(String name, String type, byte[] content) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(type, Base64.getMimeEncoder().encodeToString(content), type));
  }

  @Test
  void servesOverTlsWithACertificateOfOnesOwn() throws IOException, CertificateEncodingException {
    TlsKeyPair pair = TlsKeyPair.ofSelfSigned("127.0.0.1");
    Path certificate = pem("cert.pem", "CERTIFICATE", pair.certificateChain().get(0).getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", pair.privateKey().getEncoded());
    try (ServerCalls server = ServerCalls.startReady(rowLstm().tls(certificate, key));
        ClientFactory trusting =
            ClientFactory.builder()
                .tlsCustomizer(tls -> tls.trustManager(pair.certificateChain().get(0)))
                .build()) {
      assertEquals("https", server.server().uri().getScheme());
      AggregatedHttpResponse answer =
          WebClient.builder("https://127.0.0.1:" + server.port())
              .factory(trusting)
              .build()
              .post("/v1/models/m:sample", "{}")
              .aggregate()
              .join();
      assertTrue(answer.contentUtf8().endsWith("{\"done\":true}\n"), answer.toString());
      ImageModelsBlockingStub stub =
          GrpcClients.builder("gproto+https://127.0.0.1:" + server.port())
              .factory(trusting)
              .build(ImageModelsBlockingStub.class);
      assertEquals(1, stub.listModels(ListModelsRequest.getDefaultInstance()).getModelsCount());
      // Without encryption there is no answer at all.
      try (RawClient plain = RawClient.post(server.port(), "/v1/models/m:sample", "{}")) {
        assertTrue(!plain.readTo("HTTP").contains("HTTP"));
      }
    }
  }

  /** gRPC, and gRPC-Web, which browsers speak. */
  @ParameterizedTest
  @ValueSource(strings = {"gproto", "gproto-web"})
  void grpcAsksForTheToken(String format) {
    try (ServerCalls server = ServerCalls.startReady(rowLstm().token("secret"))) {
      SampleImagesRequest one = SampleImagesRequest.newBuilder().setModel("m").build();
      ImageModelsBlockingStub without =
          GrpcClients.newClient(
              format + "+h2c://127.0.0.1:" + server.port(), ImageModelsBlockingStub.class);
      for (ImageModelsBlockingStub stub :
          List.of(without, without.withCallCredentials(new Bearer("wrong")))) {
        StatusRuntimeException refused =
            assertThrows(
                StatusRuntimeException.class, () -> ImmutableList.copyOf(stub.sample(one)));
        assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
        assertTrue(refused.getMessage().contains("Bearer TOKEN"), refused.getMessage());
      }
      ImageModelsBlockingStub right = without.withCallCredentials(new Bearer("secret"));
      assertTrue(right.sample(one).next().hasHeader());
      assertEquals(401, server.get("/metrics").status());
      assertEquals(401, server.get("/v1/models").status());
      assertEquals(200, server.get("/healthz").status());
      assertEquals(
          HealthCheckResponse.ServingStatus.SERVING,
          GrpcClients.newClient(
                  "gproto+h2c://127.0.0.1:" + server.port(), HealthGrpc.HealthBlockingStub.class)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus());
    }
  }

  /** Python's client takes a refusal of a stream for UNKNOWN if anything follows its headers. */
  @Test
  void aRefusalOverGrpcIsNothingButHeaders() {
    try (ServerCalls server = ServerCalls.startReady(rowLstm().token("secret"))) {
      AggregatedHttpResponse answer =
          WebClient.of("h2c://127.0.0.1:" + server.port())
              .prepare()
              .post("/pixelrnn.v1.ImageModels/Sample")
              .content(MediaType.parse("application/grpc"), new byte[5])
              .execute()
              .aggregate()
              .join();
      assertEquals("16", answer.headers().get("grpc-status"), answer.toString());
      assertTrue(answer.headers().isEndOfStream(), answer.toString());
    }
  }

  /** A token in the header of a call. */
  private static final class Bearer extends CallCredentials {
    private final String token;

    Bearer(String token) {
      this.token = token;
    }

    @Override
    public void applyRequestMetadata(
        RequestInfo request, Executor executor, MetadataApplier applier) {
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
      applier.apply(headers);
    }
  }

  @Test
  void reflectionListsTheServices() {
    try (ServerCalls server = ServerCalls.start(rowLstm())) {
      CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> question =
          GrpcClients.newClient(
                  "gproto+h2c://127.0.0.1:" + server.port(),
                  ServerReflectionGrpc.ServerReflectionStub.class)
              .serverReflectionInfo(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse part) {
                      answer.complete(part);
                    }

                    @Override
                    public void onError(Throwable failure) {
                      answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                  });
      question.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      List<String> services =
          answer.join().getListServicesResponse().getServiceList().stream()
              .map(ServiceResponse::getName)
              .toList();
      question.onCompleted();
      assertTrue(
          services.containsAll(
              List.of(
                  "grpc.health.v1.Health",
                  "grpc.reflection.v1alpha.ServerReflection",
                  "pixelrnn.v1.ImageModels")),
          services.toString());
    }
  }
}
