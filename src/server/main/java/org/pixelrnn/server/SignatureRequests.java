package org.pixelrnn.server;

import com.google.protobuf.Any;
import com.google.protobuf.Int64Value;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.proto.serving.GetModelMetadataRequest;
import org.pixelrnn.proto.serving.GetModelMetadataResponse;
import org.pixelrnn.proto.serving.GetModelStatusRequest;
import org.pixelrnn.proto.serving.GetModelStatusResponse;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.ModelVersionStatus;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictResponse;
import org.pixelrnn.proto.serving.SignatureDefMap;
import org.pixelrnn.proto.serving.StatusProto;
import org.pixelrnn.sampler.SignatureFunction;
import org.tensorflow.proto.error.Code;

/**
 * Answers the requests of TensorFlow Serving's interface, over gRPC and HTTP: calls of signatures,
 * their descriptions, and the versions of a model.
 */
final class SignatureRequests {
  /** The part of a model that can be described. TensorFlow Serving knows no other one. */
  static final String SIGNATURES = "signature_def";

  private static final String DEFAULT_SIGNATURE = "serving_default";

  private final RequestRun.Serving serving;

  SignatureRequests(RequestRun.Serving serving) {
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

  /** Reads a call, given the signatures of the model. */
  interface Reading {
    PredictRequest read(Map<String, SignatureFunction> functions);
  }

  /**
   * Calls a signature.
   *
   * @param model the model and its version
   * @param gone completes when the client has gone away
   * @return fails with a {@link RefusedRequest}
   * @throws RefusedRequest if the request is refused before it is queued
   */
  CompletableFuture<PredictResponse> predict(
      ServiceRequestContext ctx, ModelSpec model, Reading reading, CompletableFuture<?> gone) {
    RequestRun run = RequestRun.of(ctx, serving, model.getName(), "predict");
    SignatureAnswer.Call call;
    try {
      requireVersion(model, run.version().number());
      Map<String, SignatureFunction> functions = run.version().sampler().functions();
      PredictRequest request = reading.read(functions);
      String name = signatureName(request.getModelSpec());
      call = call(name, find(functions, name), request);
    } catch (RuntimeException e) {
      throw ModelRequests.ended(run, e);
    }
    return SignatureAnswer.start(run, call, gone);
  }

  /** Checks a call against the signature and the limits. */
  private SignatureAnswer.Call call(
      String name, SignatureFunction function, PredictRequest request) {
    long images = function.images(request.getInputsMap());
    RequestLimits limits = serving.limits();
    if (images > limits.images()) {
      throw RefusedRequest.wrong(images + " images; expected at most " + limits.images());
    }
    long bytes = function.outputBytes(images, request.getOutputFilterList());
    if (bytes > limits.bytes()) {
      throw RefusedRequest.wrong(
          "the outputs have "
              + bytes
              + " bytes; expected at most "
              + limits.bytes()
              + ", so ask for fewer images or fewer outputs");
    }
    return new SignatureAnswer.Call(name, function, request, (int) images);
  }

  /** The name of the signature that a request means. */
  static String signatureName(ModelSpec model) {
    return model.getSignatureName().isEmpty() ? DEFAULT_SIGNATURE : model.getSignatureName();
  }

  /**
   * Finds a signature.
   *
   * @throws RefusedRequest if the model has no signature of this name
   */
  static SignatureFunction find(Map<String, SignatureFunction> functions, String name) {
    SignatureFunction function = functions.get(name);
    if (function == null) {
      throw RefusedRequest.wrong(
          "no signature `" + name + "`; expected one of " + functions.keySet());
    }
    return function;
  }

  private static void requireVersion(ModelSpec model, long number) {
    if (model.hasVersionLabel()) {
      throw RefusedRequest.wrong(
          "version label `"
              + model.getVersionLabel()
              + "`; expected a version number, or none for the newest version");
    }
    if (model.hasVersion() && model.getVersion().getValue() != number) {
      throw new RefusedRequest(
          RefusedRequest.Kind.UNKNOWN,
          String.format(
              Locale.ROOT,
              "model %s has no version %s; expected version %s",
              model.getName(),
              model.getVersion().getValue(),
              number));
    }
  }

  /**
   * Describes the signatures of a model.
   *
   * @throws RefusedRequest if the model or the version is unknown or not ready, or if something
   *     else than the signatures is asked for
   */
  GetModelMetadataResponse metadata(GetModelMetadataRequest request) {
    if (!request.getMetadataFieldList().equals(List.of(SIGNATURES))) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "metadata_field = %s; expected [%s]",
              request.getMetadataFieldList(),
              SIGNATURES));
    }
    ModelSpec model = request.getModelSpec();
    LoadedVersion version = serving.models().find(model.getName()).use();
    try {
      requireVersion(model, version.number());
      SignatureDefMap.Builder signatures = SignatureDefMap.newBuilder();
      version
          .sampler()
          .functions()
          .forEach((name, function) -> signatures.putSignatureDef(name, function.definition()));
      return GetModelMetadataResponse.newBuilder()
          .setModelSpec(
              ModelSpec.newBuilder()
                  .setName(model.getName())
                  .setVersion(Int64Value.of(version.number())))
          .putMetadata(SIGNATURES, Any.pack(signatures.build()))
          .build();
    } finally {
      version.release();
    }
  }

  /**
   * Lists the versions of a model: the one that answers requests, and a newer one that is loading
   * or cannot be loaded.
   *
   * @throws RefusedRequest if the model or the version is unknown
   */
  GetModelStatusResponse status(GetModelStatusRequest request) {
    ModelSpec model = request.getModelSpec();
    ServedModel served = serving.models().find(model.getName());
    long current = served.current().map(LoadedVersion::number).orElse(-1L);
    long newest = served.newest();
    boolean asked = model.hasVersion();
    GetModelStatusResponse.Builder answer = GetModelStatusResponse.newBuilder();
    if (newest > current && (!asked || model.getVersion().getValue() == newest)) {
      answer.addModelVersionStatus(
          served.error().isPresent()
              ? version(
                  newest,
                  ModelVersionStatus.State.END,
                  Code.UNKNOWN,
                  "the version cannot be loaded; the server's log says why")
              : version(newest, ModelVersionStatus.State.LOADING, Code.OK, ""));
    }
    if (current >= 0 && (!asked || model.getVersion().getValue() == current)) {
      answer.addModelVersionStatus(
          version(current, ModelVersionStatus.State.AVAILABLE, Code.OK, ""));
    }
    if (answer.getModelVersionStatusCount() == 0 || model.hasVersionLabel()) {
      requireVersion(model, Math.max(current, newest));
    }
    return answer.build();
  }

  private static ModelVersionStatus version(
      long number, ModelVersionStatus.State state, Code code, String error) {
    return ModelVersionStatus.newBuilder()
        .setVersion(number)
        .setState(state)
        .setStatus(StatusProto.newBuilder().setErrorCode(code).setErrorMessage(error))
        .build();
  }
}
