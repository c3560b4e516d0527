package org.pixelrnn.server;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.service.v1.CompleteImagesRequest;
import org.pixelrnn.proto.service.v1.ImageDimensions;
import org.pixelrnn.proto.service.v1.ListModelsResponse;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.LogProbResponse;
import org.pixelrnn.proto.service.v1.ModelDescription;
import org.pixelrnn.proto.service.v1.ModelState;
import org.pixelrnn.proto.service.v1.SampleHeader;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.sampler.SmallImages;

/**
 * Answers the requests of {@code pixelrnn.v1.ImageModels}, whether they came over gRPC or HTTP: it
 * checks them, and starts what answers them.
 */
final class ModelRequests {
  /** Random seeds are smaller: readers of JSON whose numbers are doubles read them exactly. */
  private static final long SEEDS = 1L << 53;

  private final RequestRun.Serving serving;

  ModelRequests(RequestRun.Serving serving) {
    this.serving = serving;
  }

  /**
   * Checks the name of a model before its request is read.
   *
   * @throws RefusedRequest if there is no such model
   */
  void requireModel(String name) {
    serving.models().require(name);
  }

  /** Lists the models. */
  ListModelsResponse list() {
    ListModelsResponse.Builder answer = ListModelsResponse.newBuilder();
    serving.models().all().forEach(model -> answer.addModels(describe(model)));
    return answer.build();
  }

  private static ModelDescription describe(ServedModel model) {
    ModelDescription.Builder answer = ModelDescription.newBuilder().setName(model.name());
    model.error().ifPresent(error -> answer.setError("the newest version cannot be loaded"));
    answer.setState(
        model.error().isPresent() ? ModelState.MODEL_STATE_FAILED : ModelState.MODEL_STATE_LOADING);
    model
        .current()
        .ifPresent(
            version -> {
              answer
                  .setState(ModelState.MODEL_STATE_READY)
                  .setVersion(version.number())
                  .setImage(dimensions(version.sampler().shape()));
              version
                  .sampler()
                  .small()
                  .map(SmallImages::shape)
                  .ifPresent(small -> answer.setSmall(dimensions(small)));
            });
    return answer.build();
  }

  /**
   * Samples new images.
   *
   * @throws RefusedRequest if the request is refused before it is queued
   */
  void sample(
      ServiceRequestContext ctx, SampleImagesRequest request, RowDelivery.Receiver receiver) {
    RequestRun run = RequestRun.of(ctx, serving, request.getModel(), "sample");
    int count = request.hasCount() ? request.getCount() : 1;
    deliver(
        run,
        receiver,
        () -> {
          checkCount(count);
          return SampleRequest.of(count, request.hasSeed() ? request.getSeed() : randomSeed())
              .withTemperature(request.hasTemperature() ? request.getTemperature() : 1);
        });
  }

  /**
   * Completes images.
   *
   * @throws RefusedRequest if the request is refused before it is queued
   */
  void complete(
      ServiceRequestContext ctx, CompleteImagesRequest request, RowDelivery.Receiver receiver) {
    RequestRun run = RequestRun.of(ctx, serving, request.getModel(), "complete");
    deliver(
        run,
        receiver,
        () -> {
          ImageShape shape = run.version().sampler().shape();
          Images images =
              images(request.getImages(), shape, request.hasCount(), request.getCount());
          return SampleRequest.completing(
                  images,
                  known(request.getKnown(), images),
                  request.hasSeed() ? request.getSeed() : randomSeed())
              .withTemperature(request.hasTemperature() ? request.getTemperature() : 1);
        });
  }

  /**
   * Computes likelihoods.
   *
   * @param gone completes when the client has gone away
   * @return fails with a {@link RefusedRequest}
   * @throws RefusedRequest if the request is refused before it is queued
   */
  CompletableFuture<LogProbResponse> logProb(
      ServiceRequestContext ctx, LogProbRequest request, CompletableFuture<?> gone) {
    RequestRun run = RequestRun.of(ctx, serving, request.getModel(), "logProb");
    Images images;
    try {
      Sampler sampler = run.version().sampler();
      if (request.getPixels() && !sampler.isExact()) {
        throw RefusedRequest.wrong(
            "model "
                + run.model()
                + " samples every pixel twice (draw_every_pixel), so its pixels have no exact"
                + " likelihood; expected another model, or a request without pixels");
      }
      images = images(request.getImages(), sampler.shape(), request.hasCount(), request.getCount());
    } catch (RuntimeException e) {
      throw ended(run, e);
    }
    return LikelihoodAnswer.start(run, images, request.getPixels(), gone);
  }

  /** Reads what a request asks for, or refuses it. */
  private interface Reading {
    SampleRequest read();
  }

  private static void deliver(RequestRun run, RowDelivery.Receiver receiver, Reading reading) {
    SampleHeader header;
    SampledRows rows;
    try {
      SampleRequest request = reading.read();
      ImageShape shape = run.version().sampler().shape();
      header =
          SampleHeader.newBuilder()
              .setModel(run.model())
              .setVersion(run.version().number())
              .setCount(request.count())
              .setImage(dimensions(shape))
              .setSeed(request.seed())
              .build();
      rows = run.version().engine().rows(request);
    } catch (RuntimeException e) {
      throw ended(run, e);
    }
    RowDelivery.start(run, header, rows, receiver);
  }

  /** Ends a run that cannot begin, and says why. */
  static RefusedRequest ended(RequestRun run, RuntimeException e) {
    RefusedRequest refused =
        e instanceof InputException
            ? RefusedRequest.wrong(e.getMessage())
            : ErrorAnswers.refusal(e);
    run.end(refused);
    return refused;
  }

  /**
   * Reads images.
   *
   * @throws RefusedRequest if their size, their number or a level is wrong
   */
  private Images images(ByteString levels, ImageShape shape, boolean counted, int count) {
    int size = levels.size();
    if (size == 0 || size % shape.dimensions() != 0) {
      throw RefusedRequest.wrong(
          "images has "
              + size
              + " bytes; expected a multiple of "
              + shape.dimensions()
              + ", for images of "
              + shape);
    }
    int found = size / shape.dimensions();
    if (counted && found != count) {
      throw RefusedRequest.wrong("images has " + found + " images; count says " + count);
    }
    checkCount(found);
    try {
      return Images.of(shape, levels.toByteArray());
    } catch (IllegalArgumentException e) {
      throw new RefusedRequest(
          RefusedRequest.Kind.WRONG_INPUT,
          e.getMessage() + "; expected levels 0 to " + (shape.levels() - 1),
          e);
    }
  }

  private static boolean[] known(ByteString bytes, Images images) {
    int pixels = images.count() * images.shape().pixels();
    if (bytes.size() != pixels) {
      throw RefusedRequest.wrong(
          "known has " + bytes.size() + " bytes; expected " + pixels + ", one for each pixel");
    }
    boolean[] known = new boolean[pixels];
    for (int i = 0; i < pixels; i++) {
      if (bytes.byteAt(i) < 0 || bytes.byteAt(i) > 1) {
        throw RefusedRequest.wrong(
            "known has byte " + (bytes.byteAt(i) & 0xff) + "; expected 0 or 1");
      }
      known[i] = bytes.byteAt(i) == 1;
    }
    return known;
  }

  private void checkCount(int count) {
    int most = serving.limits().images();
    if (count < 1 || count > most) {
      throw RefusedRequest.wrong("count = " + count + "; expected 1 to " + most);
    }
  }

  private static long randomSeed() {
    return ThreadLocalRandom.current().nextLong(SEEDS);
  }

  private static ImageDimensions dimensions(ImageShape shape) {
    return ImageDimensions.newBuilder()
        .setHeight(shape.height())
        .setWidth(shape.width())
        .setChannels(shape.channels())
        .setLevels(shape.levels())
        .build();
  }
}
