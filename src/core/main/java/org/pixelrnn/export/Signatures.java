package org.pixelrnn.export;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.family.TType;

/**
 * The signatures of a graph, by name. A signature is a question that the graph answers: it names
 * the tensors to feed and the tensors to fetch.
 */
final class Signatures {
  private static final String METHOD = "tensorflow/serving/predict";

  private final Ops tf;
  private final Map<String, SignatureDef> all = new LinkedHashMap<>();

  Signatures(Ops tf) {
    this.tf = tf;
  }

  /** Adds a placeholder; -1 is an unknown size. */
  <T extends TType> Operand<T> input(String name, Class<T> type, long... shape) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(shape)));
  }

  /** Adds a signature. */
  void add(String name, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    SignatureDef.Builder signature = SignatureDef.newBuilder().setMethodName(METHOD);
    inputs.forEach((key, input) -> signature.putInputs(key, info(input.asOutput())));
    outputs.forEach((key, output) -> signature.putOutputs(key, info(output.asOutput())));
    all.put(name, signature.build());
  }

  /** All signatures, by name. */
  Map<String, SignatureDef> all() {
    return all;
  }

  private static TensorInfo info(Output<?> tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : tensor.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(tensor.name())
        .setDtype(tensor.dataType())
        .setTensorShape(shape)
        .build();
  }
}
