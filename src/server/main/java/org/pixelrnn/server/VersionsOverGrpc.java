package org.pixelrnn.server;

import io.grpc.stub.StreamObserver;
import org.pixelrnn.proto.service.serving.ModelServiceGrpc;
import org.pixelrnn.proto.serving.GetModelStatusRequest;
import org.pixelrnn.proto.serving.GetModelStatusResponse;

/** The versions of models over gRPC: {@code tensorflow.serving.ModelService}. */
final class VersionsOverGrpc extends ModelServiceGrpc.ModelServiceImplBase {
  private final SignatureRequests requests;

  VersionsOverGrpc(SignatureRequests requests) {
    this.requests = requests;
  }

  @Override
  public void getModelStatus(
      GetModelStatusRequest request, StreamObserver<GetModelStatusResponse> observer) {
    SingleAnswer.send(observer, () -> requests.status(request));
  }
}
