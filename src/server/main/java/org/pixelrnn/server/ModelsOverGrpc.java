package org.pixelrnn.server;

import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.pixelrnn.proto.service.v1.CompleteImagesRequest;
import org.pixelrnn.proto.service.v1.ImageModelsGrpc;
import org.pixelrnn.proto.service.v1.ListModelsRequest;
import org.pixelrnn.proto.service.v1.ListModelsResponse;
import org.pixelrnn.proto.service.v1.LogProbRequest;
import org.pixelrnn.proto.service.v1.LogProbResponse;
import org.pixelrnn.proto.service.v1.SampleHeader;
import org.pixelrnn.proto.service.v1.SampleImagesRequest;
import org.pixelrnn.proto.service.v1.SampleImagesResponse;
import org.pixelrnn.proto.service.v1.SampleRow;

/** The models over gRPC: {@code pixelrnn.v1.ImageModels}. */
final class ModelsOverGrpc extends ImageModelsGrpc.ImageModelsImplBase {
  private final ModelRequests requests;

  ModelsOverGrpc(ModelRequests requests) {
    this.requests = requests;
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
    SingleAnswer.send(observer, requests::list);
  }

  @Override
  public void sample(SampleImagesRequest request, StreamObserver<SampleImagesResponse> observer) {
    ServiceRequestContext ctx = ServiceRequestContext.current();
    stream(observer, receiver -> requests.sample(ctx, request, receiver));
  }

  @Override
  public void complete(
      CompleteImagesRequest request, StreamObserver<SampleImagesResponse> observer) {
    ServiceRequestContext ctx = ServiceRequestContext.current();
    stream(observer, receiver -> requests.complete(ctx, request, receiver));
  }

  private static void stream(
      StreamObserver<SampleImagesResponse> observer, Consumer<RowDelivery.Receiver> start) {
    RowsAsMessages receiver =
        new RowsAsMessages((ServerCallStreamObserver<SampleImagesResponse>) observer);
    try {
      start.accept(receiver);
    } catch (RefusedRequest refused) {
      receiver.refuse(refused);
    }
  }

  @Override
  public void logProb(LogProbRequest request, StreamObserver<LogProbResponse> observer) {
    ServiceRequestContext ctx = ServiceRequestContext.current();
    SingleAnswer.sendLater(observer, gone -> requests.logProb(ctx, request, gone));
  }

  /** Rows as messages of a stream. */
  private static final class RowsAsMessages implements RowDelivery.Receiver {
    private final ServerCallStreamObserver<SampleImagesResponse> observer;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** Completes when the client takes more. Guarded by this object's lock. */
    private CompletableFuture<Void> taken = new CompletableFuture<>();

    RowsAsMessages(ServerCallStreamObserver<SampleImagesResponse> observer) {
      this.observer = observer;
      observer.setOnCancelHandler(() -> gone.complete(null));
      observer.setOnCloseHandler(() -> gone.complete(null));
      observer.setOnReadyHandler(() -> waiting().complete(null));
    }

    private synchronized CompletableFuture<Void> waiting() {
      return taken;
    }

    @Override
    public void begin(SampleHeader header) {
      observer.onNext(SampleImagesResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public CompletableFuture<Void> row(int row, byte[] values) {
      CompletableFuture<Void> next = new CompletableFuture<>();
      synchronized (this) {
        taken = next;
      }
      observer.onNext(
          SampleImagesResponse.newBuilder()
              .setRow(
                  SampleRow.newBuilder()
                      .setRow(row)
                      .setValues(UnsafeByteOperations.unsafeWrap(values)))
              .build());
      if (observer.isReady()) {
        next.complete(null);
      }
      return next;
    }

    @Override
    public void done() {
      observer.onCompleted();
    }

    @Override
    public void refuse(RefusedRequest why) {
      observer.onError(why.grpc().asRuntimeException());
    }

    @Override
    public CompletableFuture<?> whenGone() {
      return gone;
    }
  }
}
