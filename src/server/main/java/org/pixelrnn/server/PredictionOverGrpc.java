package org.pixelrnn.server;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.StreamObserver;
import org.pixelrnn.proto.service.serving.PredictionServiceGrpc;
import org.pixelrnn.proto.serving.GetModelMetadataRequest;
import org.pixelrnn.proto.serving.GetModelMetadataResponse;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.proto.serving.PredictResponse;

/** Calls of signatures over gRPC: {@code tensorflow.serving.PredictionService}. */
final class PredictionOverGrpc extends PredictionServiceGrpc.PredictionServiceImplBase {
  private final SignatureRequests requests;

  PredictionOverGrpc(SignatureRequests requests) {
    this.requests = requests;
  }

  @Override
  public void predict(PredictRequest request, StreamObserver<PredictResponse> observer) {
    ServiceRequestContext ctx = ServiceRequestContext.current();
    SingleAnswer.sendLater(
        observer,
        gone -> requests.predict(ctx, request.getModelSpec(), functions -> request, gone));
  }

  @Override
  public void getModelMetadata(
      GetModelMetadataRequest request, StreamObserver<GetModelMetadataResponse> observer) {
    SingleAnswer.send(observer, () -> requests.metadata(request));
  }
}
