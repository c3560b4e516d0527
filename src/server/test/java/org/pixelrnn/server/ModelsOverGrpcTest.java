package org.pixelrnn.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.service.v1.CompleteImagesRequest;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc.ImageModelsBlockingStub;
import org.pixelrnn.proto.service.v1.ListModelsRequest;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.LogProbResponse;
import org.pixelrnn.proto.service.v1.ModelState;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.proto.service.v1.SampleImagesResponse;
import org.pixelrnn.sampler.Sampler;

/**
 * Each method of {@code pixelrnn.v1.ImageModels}, with right and wrong input, over a real socket.
 */
class ModelsOverGrpcTest {
  private static ServerCalls server;
  private static Sampler sampler;

  @BeforeAll
  static void start() {
    server =
        ServerCalls.startReady(
            ModelServer.builder().model("colour", ServerCalls.folder("pixelcnn-colour")));
    sampler = Sampler.open(ServerCalls.folder("pixelcnn-colour"));
  }

  @AfterAll
  static void stop() {
    server.close();
    sampler.close();
  }

  private static ImageModelsBlockingStub stub(String format) {
    return GrpcClients.newClient(
        format + "+h2c://127.0.0.1:" + server.port(), ImageModelsBlockingStub.class);
  }

  /** Checks a whole stream and returns its images. */
  private static byte[] images(Iterator<SampleImagesResponse> stream, int count) {
    List<SampleImagesResponse> all = ImmutableList.copyOf(stream);
    int height = sampler.shape().height();
    assertEquals(height + 1, all.size());
    assertEquals(count, all.get(0).getHeader().getCount());
    assertEquals(1, all.get(0).getHeader().getVersion());
    assertEquals(height, all.get(0).getHeader().getImage().getHeight());
    int size = sampler.shape().width() * sampler.shape().channels();
    byte[] images = new byte[count * sampler.shape().dimensions()];
    for (int row = 0; row < height; row++) {
      assertEquals(row, all.get(row + 1).getRow().getRow());
      byte[] values = all.get(row + 1).getRow().getValues().toByteArray();
      for (int i = 0; i < count; i++) {
        System.arraycopy(values, i * size, images, (i * height + row) * size, size);
      }
    }
    return images;
  }

  /** gRPC, and gRPC-Web, which browsers speak. */
  @ParameterizedTest
  @ValueSource(strings = {"gproto", "gproto-web"})
  void samplesWhatTheSeedGives(String format) {
    SampleImagesRequest request =
        SampleImagesRequest.newBuilder().setModel("colour").setCount(3).setSeed(5).build();
    assertArrayEquals(sampler.sample(3, 5, 1).levels(), images(stub(format).sample(request), 3));
  }

  @Test
  void completesImages() {
    Images given = sampler.sample(2, 3, 1);
    byte[] known = new byte[2 * sampler.shape().pixels()];
    boolean[] mask = new boolean[known.length];
    for (int i = 0; i < known.length; i += 3) {
      known[i] = 1;
      mask[i] = true;
    }
    CompleteImagesRequest request =
        CompleteImagesRequest.newBuilder()
            .setModel("colour")
            .setImages(ByteString.copyFrom(given.levels()))
            .setKnown(ByteString.copyFrom(known))
            .setSeed(4)
            .build();
    assertArrayEquals(
        sampler.complete(given, mask, 4, 1).levels(), images(stub("gproto").complete(request), 2));
  }

  @Test
  void computesLikelihoods() {
    Images given = sampler.sample(3, 3, 1);
    LogProbResponse answer =
        stub("gproto")
            .logProb(
                LogProbRequest.newBuilder()
                    .setModel("colour")
                    .setImages(ByteString.copyFrom(given.levels()))
                    .setPixels(true)
                    .build());
    float[] expected = sampler.logProb(given);
    for (int i = 0; i < 3; i++) {
      assertEquals(expected[i], answer.getLogProb(i), 1e-2);
    }
    assertEquals(3 * sampler.shape().pixels(), answer.getBitsCount());
  }

  @Test
  void listsModels() {
    var models = stub("gproto").listModels(ListModelsRequest.getDefaultInstance()).getModelsList();
    assertEquals(1, models.size());
    assertEquals(ModelState.MODEL_STATE_READY, models.get(0).getState());
    assertEquals(sampler.shape().levels(), models.get(0).getImage().getLevels());
  }

  @Test
  void saysHowHealthyEachModelIs() {
    HealthGrpc.HealthBlockingStub health =
        GrpcClients.newClient(
            "gproto+h2c://127.0.0.1:" + server.port(), HealthGrpc.HealthBlockingStub.class);
    for (String name : List.of("", "colour")) {
      assertEquals(
          HealthCheckResponse.ServingStatus.SERVING,
          health.check(HealthCheckRequest.newBuilder().setService(name).build()).getStatus());
    }
  }

  private static void assertRefused(Status.Code code, String why, Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, refused.getStatus().getCode(), refused.toString());
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  private static void assertRefused(Status.Code code, String why, SampleImagesRequest.Builder of) {
    assertRefused(code, why, () -> images(stub("gproto").sample(of.build()), 1));
  }

  @Test
  void wrongInputIsRefused() {
    SampleImagesRequest right = SampleImagesRequest.newBuilder().setModel("colour").build();
    Status.Code wrong = Status.Code.INVALID_ARGUMENT;
    assertRefused(wrong, "count = 0; expected 1 to 64", right.toBuilder().setCount(0));
    assertRefused(wrong, "count = -1", right.toBuilder().setCount(-1));
    assertRefused(wrong, "count = 65; expected 1 to 64", right.toBuilder().setCount(65));
    assertRefused(wrong, "temperature = NaN", right.toBuilder().setTemperature(Float.NaN));
    assertRefused(wrong, "temperature = -1.0", right.toBuilder().setTemperature(-1));
    float infinite = Float.POSITIVE_INFINITY;
    assertRefused(wrong, "temperature = Infinity", right.toBuilder().setTemperature(infinite));
    assertRefused(Status.Code.NOT_FOUND, "no model `nobody`", right.toBuilder().setModel("nobody"));
  }

  @Test
  void wrongShapesAndLevelsAreRefused() {
    int size = sampler.shape().dimensions();
    int pixels = sampler.shape().pixels();
    byte[] bright = new byte[size];
    bright[0] = (byte) sampler.shape().levels();
    assertNotScored("images has 0 bytes; expected a multiple of " + size, new byte[0]);
    assertNotScored("images has " + (size + 1) + " bytes; expected", new byte[size + 1]);
    assertNotScored("count = 65; expected 1 to 64", new byte[65 * size]);
    assertNotScored("expected levels 0 to " + (sampler.shape().levels() - 1), bright);
    assertNotCompleted("images has 5 bytes; expected", new byte[5], new byte[pixels]);
    assertNotCompleted("known has 1 bytes; expected " + pixels, new byte[size], new byte[1]);
    byte[] two = new byte[pixels];
    two[0] = 2;
    assertNotCompleted("known has byte 2; expected 0 or 1", new byte[size], two);
  }

  private static void assertNotScored(String why, byte[] images) {
    LogProbRequest request =
        LogProbRequest.newBuilder()
            .setModel("colour")
            .setImages(ByteString.copyFrom(images))
            .build();
    assertRefused(Status.Code.INVALID_ARGUMENT, why, () -> stub("gproto").logProb(request));
  }

  private static void assertNotCompleted(String why, byte[] images, byte[] known) {
    CompleteImagesRequest request =
        CompleteImagesRequest.newBuilder()
            .setModel("colour")
            .setImages(ByteString.copyFrom(images))
            .setKnown(ByteString.copyFrom(known))
            .build();
    assertRefused(
        Status.Code.INVALID_ARGUMENT, why, () -> images(stub("gproto").complete(request), 1));
  }
}
