package org.pixelrnn.server;

import com.google.protobuf.Int64Value;
import com.linecorp.armeria.common.util.Exceptions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictResponse;
import org.pixelrnn.sampler.NotAModelException;
import org.pixelrnn.sampler.SignatureFunction;
import org.tensorflow.proto.TensorProto;

/** The answer to one call of a signature. The model is called once, when the turn comes. */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class SignatureAnswer {
  private final RequestRun run;
  private final Call call;
  private final CompletableFuture<PredictResponse> answer = new CompletableFuture<>();

  /**
   * A call that was checked.
   *
   * @param signature the name of the signature
   * @param function the signature
   * @param request the inputs, and the names of the outputs
   * @param images the number of images
   */
  record Call(String signature, SignatureFunction function, PredictRequest request, int images) {
    Map<String, TensorProto> run() {
      return function.call(request.getInputsMap(), request.getOutputFilterList());
    }
  }

  private SignatureAnswer(RequestRun run, Call call) {
    this.run = run;
    this.call = call;
  }

  /**
   * Queues a call, and makes it when its turn comes.
   *
   * @param gone completes when the client has gone away
   * @return fails with a {@link RefusedRequest}
   */
  static CompletableFuture<PredictResponse> start(
      RequestRun run, Call call, CompletableFuture<?> gone) {
    SignatureAnswer signature = new SignatureAnswer(run, call);
    run.queue(gone, signature::begin, signature::refuse);
    return signature.answer;
  }

  private void begin() {
    run.version()
        .engine()
        // The model's turn may come after the request has ended.
        .call(sampler -> run.hasEnded() ? Map.<String, TensorProto>of() : call.run())
        .whenComplete(
            (outputs, failure) -> {
              if (failure == null) {
                finish(outputs);
              } else {
                refuse(refusal(failure));
              }
            });
  }

  private void finish(Map<String, TensorProto> outputs) {
    if (run.end("done")) {
      run.metrics().images(run.model(), call.images());
      answer.complete(
          PredictResponse.newBuilder()
              .putAllOutputs(outputs)
              .setModelSpec(
                  ModelSpec.newBuilder()
                      .setName(run.model())
                      .setVersion(Int64Value.of(run.version().number()))
                      .setSignatureName(call.signature()))
              .build());
    }
  }

  private RefusedRequest refusal(Throwable failure) {
    Throwable cause = Exceptions.peel(failure);
    return cause instanceof InputException && !(cause instanceof NotAModelException)
        ? RefusedRequest.wrong(cause.getMessage())
        : run.refusal("`" + call.signature() + "`", failure);
  }

  private void refuse(RefusedRequest why) {
    if (run.end(why)) {
      answer.completeExceptionally(why);
    }
  }
}
