package org.pixelrnn.sampler;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.family.TType;

/**
 * The state that rows of several images have left: tensors named {@code state_*}, whose first axis
 * is the images. They are native memory: close this after use.
 */
final class BatchState implements AutoCloseable {
  private final Map<String, Tensor> tensors;
  private final AutoCloseable owner;

  private BatchState(Map<String, Tensor> tensors, AutoCloseable owner) {
    this.tensors = tensors;
    this.owner = owner;
  }

  /** The state among the outputs of a signature. It owns the outputs from now on. */
  static BatchState of(SignatureOutputs outputs) {
    Map<String, Tensor> state = new HashMap<>();
    outputs
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("state_")) {
                state.put(name, tensor);
              }
            });
    return new BatchState(state, outputs);
  }

  /**
   * Some images that follow one another in a state.
   *
   * @param state the state
   * @param first the index of the first image
   * @param count the number of images
   */
  record Part(BatchState state, int first, int count) {}

  /**
   * Copies parts of states into one.
   *
   * @param parts at least one; their images follow one another in the new state
   */
  static BatchState joined(List<Part> parts) {
    long images = parts.stream().mapToLong(Part::count).sum();
    Map<String, Tensor> joined = new HashMap<>();
    BatchState state = new BatchState(joined, () -> joined.values().forEach(Tensor::close));
    parts
        .get(0)
        .state
        .tensors
        .forEach(
            (name, tensor) -> {
              Shape shape = tensor.shape().tail().prepend(images);
              joined.put(name, Tensor.of(((TType) tensor).type(), shape));
              copy(name, parts, joined.get(name));
            });
    return state;
  }

  private static void copy(String name, List<Part> parts, Tensor into) {
    ByteDataBuffer to = into.asRawTensor().data();
    long imageSize = into.shape().get(0) == 0 ? 0 : to.size() / into.shape().get(0);
    long at = 0;
    for (Part part : parts) {
      long size = part.count * imageSize;
      if (size > 0) {
        ByteDataBuffer from = part.state.tensors.get(name).asRawTensor().data();
        from.slice(part.first * imageSize, size).copyTo(to.slice(at, size), size);
      }
      at += size;
    }
  }

  /** The tensors by their names in the signature; open until this is closed. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    try {
      owner.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
