package org.pixelrnn.server;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.pixelrnn.proto.service.serving.PredictionServiceGrpc;
import org.pixelrnn.proto.serving.GetModelMetadataRequest;
import org.pixelrnn.proto.serving.GetModelMetadataResponse;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictResponse;

/** Calls of signatures over gRPC: {@code tensorflow.serving.PredictionService}. */
@SuppressWarnings("FutureReturnValueIgnored") // Failures arrive where the future is completed.
final class PredictionOverGrpc extends PredictionServiceGrpc.PredictionServiceImplBase {
  private final SignatureRequests requests;

  PredictionOverGrpc(SignatureRequests requests) {
    this.requests = requests;
  }

  @Override
  public void predict(PredictRequest request, StreamObserver<PredictResponse> observer) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    ((ServerCallStreamObserver<PredictResponse>) observer)
        .setOnCancelHandler(() -> gone.complete(null));
    CompletableFuture<PredictResponse> answer;
    try {
      answer =
          requests.predict(
              ServiceRequestContext.current(), request.getModelSpec(), functions -> request, gone);
    } catch (RefusedRequest refused) {
      answer = CompletableFuture.failedFuture(refused);
    }
    answer.whenComplete(
        (response, failure) -> {
          if (failure == null) {
            observer.onNext(response);
            observer.onCompleted();
          } else {
            observer.onError(ErrorAnswers.refusal(failure).grpc().asRuntimeException());
          }
        });
  }

  @Override
  public void getModelMetadata(
      GetModelMetadataRequest request, StreamObserver<GetModelMetadataResponse> observer) {
    try {
      observer.onNext(requests.metadata(request));
      observer.onCompleted();
    } catch (RefusedRequest refused) {
      observer.onError(refused.grpc().asRuntimeException());
    }
  }
}
