package org.pixelrnn.sampler;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * A SavedModel in memory whose signatures were checked. It is called by the names of signatures and
 * tensors, as TensorFlow Serving and Python call it.
 */
final class LoadedModel implements AutoCloseable {
  /**
   * One image is sampled in the thread of the caller. Its operations are so small that to hand them
   * to another thread takes longer than to run them.
   */
  private static final RunOptions IN_THE_CALLERS_THREAD =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private final ModelSessions sessions;
  private final Path folder;
  private final CallGate gate;

  /** The streams whose callers set the pace. Those that nobody holds any more drop out. */
  private final Set<RowStream> streams =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final ModelSignatures signatures;

  private LoadedModel(ModelSessions sessions, Path folder) {
    this.sessions = sessions;
    this.folder = folder;
    this.gate = new CallGate(folder + ": the sampler of this model is closed");
    this.signatures = ModelSignatures.of(sessions.definition(), folder);
    if (signatures.parameters() > 0 && !ModelFolder.hasWeights(folder)) {
      // TensorFlow takes it for a model without variables, and fails when it is used.
      throw new NotAModelException(
          folder + ": the folder `variables` has no index; expected the model's weights");
    }
  }

  /**
   * Loads a model.
   *
   * @param version the folder of one version
   * @param threads the threads that calculate; 0 for one for each core
   * @param compiledFor the numbers of images for which XLA compiles the rows
   * @throws NotAModelException if TensorFlow cannot load it, or if a signature is missing
   * @throws InputException if the folder's name cannot be given to TensorFlow
   */
  static LoadedModel load(Path version, int threads, Set<Integer> compiledFor) {
    ModelSessions sessions = ModelSessions.load(version, threads, compiledFor);
    LoadedModel loaded = null;
    try {
      loaded = new LoadedModel(sessions, version);
      return loaded;
    } finally {
      if (loaded == null) {
        sessions.close();
      }
    }
  }

  /** The shape of the images, as the signature {@code logits} says. */
  ImageShape shape() {
    return signatures.shape();
  }

  /** The facts about the model that its signatures tell. */
  ModelSignatures signatures() {
    return signatures;
  }

  /** The signatures by name, as the SavedModel has them. */
  Map<String, SignatureDef> definitions() {
    return sessions.definition().getSignatureDefMap();
  }

  /**
   * Calls a signature.
   *
   * @param inputs tensors by their names in the signature
   * @return tensors by their names in the signature; the caller closes them
   * @throws IllegalStateException if this is closed
   * @throws InputException as {@link #guarded} does
   */
  SignatureOutputs call(String signature, Map<String, Tensor> inputs) {
    return call(signature, inputs, sessions.exported(), RunOptions.getDefaultInstance());
  }

  /**
   * Calls a signature that samples pixel by pixel. The exceptions are those of {@link #call(String,
   * Map)}.
   *
   * @param images the number of images that it samples
   */
  SignatureOutputs callSampling(String signature, Map<String, Tensor> inputs, int images) {
    return call(
        signature,
        inputs,
        sessions.sampling(images),
        images == 1 ? IN_THE_CALLERS_THREAD : RunOptions.getDefaultInstance());
  }

  private SignatureOutputs call(
      String signature, Map<String, Tensor> inputs, Session session, RunOptions options) {
    return during(() -> guarded(signature, () -> run(signature, inputs, session, options)));
  }

  private SignatureOutputs run(
      String signature, Map<String, Tensor> inputs, Session session, RunOptions options) {
    SignatureDef definition = definitions().get(signature);
    Session.Runner runner = session.runner().setOptions(options);
    inputs.forEach(
        (name, tensor) -> runner.feed(definition.getInputsOrThrow(name).getName(), tensor));
    List<String> names = List.copyOf(definition.getOutputsMap().keySet());
    names.forEach(name -> runner.fetch(definition.getOutputsOrThrow(name).getName()));
    return new SignatureOutputs(runner.run(), names);
  }

  /**
   * Calls a signature and reads its outputs, which are then closed. The exceptions are those of
   * {@link #call(String, Map)}.
   */
  <T> T call(String signature, Map<String, Tensor> inputs, Function<SignatureOutputs, T> reading) {
    return during(
        () -> {
          try (SignatureOutputs outputs = call(signature, inputs)) {
            return guarded(signature, () -> reading.apply(outputs));
          }
        });
  }

  /**
   * Calls a signature, or reads its outputs.
   *
   * @throws NotAModelException if this fails: the graph of the signature is damaged
   * @throws InputException if there is not enough memory
   */
  <T> T guarded(String signature, Supplier<T> use) {
    try {
      return use.get();
    } catch (TFResourceExhaustedException e) {
      throw new InputException(
          folder
              + ": not enough memory for `"
              + signature
              + "` ("
              + InputException.reason(e)
              + "); expected fewer images",
          e);
    } catch (RuntimeException e) {
      throw new NotAModelException(
          folder + ": `" + signature + "` fails (" + InputException.reason(e) + ")", e);
    }
  }

  /**
   * Makes several calls that belong together: {@link #close} waits for all of them.
   *
   * @throws IllegalStateException if this is closed
   */
  <T> T during(Supplier<T> calls) {
    return gate.call(calls);
  }

  /**
   * Asks for the state before the first row.
   *
   * @param count the number of images
   * @param small the small images, {@code count} of them; empty if this is not a multi-scale model
   * @return tensors named {@code state_*}; the caller closes them
   */
  SignatureOutputs start(int count, Optional<Images> small) {
    if (small.isPresent()) {
      try (TUint8 x = LevelTensors.of(small.get())) {
        return call("start", Map.of("small", x));
      }
    }
    try (TInt32 n = TInt32.scalarOf(count)) {
      return call("start", Map.of("count", n));
    }
  }

  /**
   * The small images from which a multi-scale model answers a request: those that it gives, or
   * sampled ones. Empty if this is not a multi-scale model.
   *
   * @param request a request that the model can answer
   */
  Optional<Images> smallImages(SampleRequest request) {
    return signatures
        .smallShape()
        .map(shape -> request.small().orElseGet(() -> new SmallImages(this).sampleFor(request)));
  }

  /**
   * Makes a stream of rows whose caller sets the pace. {@link #close} ends it.
   *
   * @throws IllegalStateException if this is closed
   */
  RowStream rows(SampleRequest request) {
    return during(
        () -> {
          RowStream stream = new RowStream(this, request);
          streams.add(stream);
          return stream;
        });
  }

  /** Fails if this thread cannot call the model any more. */
  void requireOpen() {
    if (isClosed()) {
      throw gate.refusal();
    }
  }

  /** True if {@link #close} was called, and this thread is in no call that is under way. */
  boolean isClosed() {
    return gate.refuses();
  }

  /**
   * Calls a signature that samples: it takes a seed and a temperature, and returns {@code images}.
   *
   * @param inputs the other inputs, by their names in the signature
   * @param request the request with the seed and the temperature
   * @param imageShape the shape of the images that the signature returns
   */
  Images sample(
      String signature, Map<String, Tensor> inputs, SampleRequest request, ImageShape imageShape) {
    try (TInt64 seed = TInt64.scalarOf(request.seed());
        TFloat32 temperature = TFloat32.scalarOf(request.temperature())) {
      Map<String, Tensor> all = new HashMap<>(inputs);
      all.put("seed", seed);
      all.put("temperature", temperature);
      int size = Math.multiplyExact(request.count(), imageShape.dimensions());
      return during(
          () -> {
            try (SignatureOutputs outputs = callSampling(signature, all, request.count())) {
              return guarded(
                  signature,
                  () -> Images.of(imageShape, LevelTensors.levels(outputs, "images", size)));
            }
          });
    }
  }

  /**
   * Frees the model. New calls are refused at once; those under way finish first. Streams of rows
   * end with the row under way, and their states are freed.
   *
   * @throws IllegalStateException if a call that is under way does this itself
   */
  @Override
  public void close() {
    gate.close();
    List<RowStream> open;
    synchronized (streams) {
      open = List.copyOf(streams);
    }
    open.forEach(RowStream::modelCloses);
    gate.awaitEnd(sessions::close);
  }
}
