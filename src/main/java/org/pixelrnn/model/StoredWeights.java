package org.pixelrnn.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.op.train.Save;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Weights in TensorFlow's checkpoint format, by name: as runs and saved models keep them. */
public final class StoredWeights {
  private StoredWeights() {}

  /**
   * Where the weights are in a version's folder of a saved model, as TensorFlow names checkpoints.
   */
  public static Path of(Path version) {
    return version.resolve("variables").resolve("variables");
  }

  /**
   * Adds what reads weights, whenever they are used.
   *
   * @param prefix of the checkpoint's files, {@code []}
   * @param name what a weight is called there
   * @return by weight, in their order, each of its weight's shape; running it fails if the file has
   *     no such tensor or one of another shape
   */
  public static Map<Weight, Operand<TFloat32>> read(
      Ops tf, Operand<TString> prefix, List<Weight> weights, Function<Weight, String> name) {
    Operand<TString> names = names(tf, weights, name);
    Restore restored =
        tf.train.restore(
            prefix,
            names,
            whole(tf, names),
            weights.stream().<Class<? extends TType>>map(weight -> TFloat32.class).toList());
    Map<Weight, Operand<TFloat32>> values = new LinkedHashMap<>();
    for (Weight weight : weights) {
      Operand<TFloat32> value = restored.tensors().get(values.size()).expect(TFloat32.class);
      values.put(weight, tf.ensureShape(value, weight.shape()));
    }
    return values;
  }

  /**
   * Adds what writes weights under their own names.
   *
   * @param prefix of the checkpoint's files, {@code []}
   * @param values of the weights, in their order
   */
  public static Save write(
      Ops tf, Operand<TString> prefix, List<Weight> weights, List<Operand<TFloat32>> values) {
    Operand<TString> names = names(tf, weights, Weight::name);
    return tf.train.save(prefix, names, whole(tf, names), List.copyOf(values));
  }

  private static Operand<TString> names(
      Ops tf, List<Weight> weights, Function<Weight, String> name) {
    return tf.constant(NdArrays.vectorOfObjects(weights.stream().map(name).toArray(String[]::new)));
  }

  /** No slices: every tensor is stored whole. */
  private static Operand<TString> whole(Ops tf, Operand<TString> names) {
    return tf.zerosLike(names);
  }
}
