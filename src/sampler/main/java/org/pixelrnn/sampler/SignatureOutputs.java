package org.pixelrnn.sampler;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Result;
import org.tensorflow.Tensor;

/** The outputs of one call of a signature. Closing them frees all tensors. */
final class SignatureOutputs implements AutoCloseable {
  private final Result result;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * Gives the tensors of a call their names.
   *
   * @param names by tensor of {@code result}, the name in the signature
   */
  SignatureOutputs(Result result, List<String> names) {
    this.result = result;
    for (int i = 0; i < names.size(); i++) {
      tensors.put(names.get(i), result.get(i));
    }
  }

  /** The tensors by their names in the signature; open until this is closed. */
  Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The tensor of a name; empty if the signature has no such output. */
  Optional<Tensor> get(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public void close() {
    result.close();
  }
}
