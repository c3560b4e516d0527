package org.pixelrnn.model.graph;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pixelrnn.image.InputException;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.op.train.Save;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Weights in a file of TensorFlow's checkpoint format: runs and SavedModels store them so. */
public final class WeightFile {
  private WeightFile() {}

  /**
   * The checkpoint that holds the weights of a SavedModel.
   *
   * @param version the folder of one version of a model
   * @return the prefix of the checkpoint's files, {@code variables/variables} in that folder
   */
  public static Path of(Path version) {
    return version.resolve("variables").resolve("variables");
  }

  /**
   * Adds the operations that read weights from a file. The graph reads the file each time it runs
   * them; the run fails if the file has no tensor of that name, or one of another shape.
   *
   * @param prefix the prefix of the checkpoint's files, {@code []}
   * @param name gives the name that a weight has in the file
   * @return the value of each weight, of its shape; in the order of {@code weights}
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
   * Adds the operation that writes weights to a file, under their own names.
   *
   * @param prefix the prefix of the checkpoint's files, {@code []}
   * @param values the value of each weight, in the order of {@code weights}
   */
  public static Save write(
      Ops tf, Operand<TString> prefix, List<Weight> weights, List<Operand<TFloat32>> values) {
    Operand<TString> names = names(tf, weights, Weight::name);
    return tf.train.save(prefix, names, whole(tf, names), List.copyOf(values));
  }

  /**
   * Runs operations that read or write a file.
   *
   * @param operations runs a session, for instance {@code runner::run}
   * @throws IOException if the file cannot be read or written, or holds other tensors than the
   *     operations expect; the message is one line
   */
  public static <T> T access(Supplier<T> operations) throws IOException {
    try {
      return operations.get();
    } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException e) {
      throw new IOException(InputException.reason(e), e);
    }
  }

  private static Operand<TString> names(
      Ops tf, List<Weight> weights, Function<Weight, String> name) {
    return tf.constant(NdArrays.vectorOfObjects(weights.stream().map(name).toArray(String[]::new)));
  }

  /** Empty slice specifications: each tensor is stored as a whole. */
  private static Operand<TString> whole(Ops tf, Operand<TString> names) {
    return tf.zerosLike(names);
  }
}
