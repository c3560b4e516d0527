package org.pixelrnn.sampler;

import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.pixelrnn.image.InputException;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A signature of a model, called with TensorFlow's own messages, as TensorFlow Serving calls it.
 * {@link Sampler#functions} lists all of them. Programs that want images use {@link Sampler}.
 *
 * <pre>{@code
 * SignatureFunction logProb = sampler.functions().get("log_prob");
 * Map<String, TensorProto> outputs = logProb.call(Map.of("images", images), Set.of("log_prob"));
 * }</pre>
 */
public final class SignatureFunction {
  private final String name;
  private final SignatureDef definition;
  private final LoadedModel model;

  private SignatureFunction(String name, SignatureDef definition, LoadedModel model) {
    this.name = name;
    this.definition = definition;
    this.model = model;
  }

  /** All signatures of a model by name. */
  static Map<String, SignatureFunction> of(LoadedModel model) {
    Map<String, SignatureFunction> functions = new TreeMap<>();
    model
        .definitions()
        .forEach(
            (name, definition) -> {
              // TensorFlow's own begin like this; they are not for callers.
              if (!name.startsWith("__")) {
                functions.put(name, new SignatureFunction(name, definition, model));
              }
            });
    return functions;
  }

  /** The inputs and outputs with their types and shapes, as the SavedModel has them. */
  public SignatureDef definition() {
    return definition;
  }

  /**
   * Checks the names, types and shapes of inputs, and returns the number of images that a call
   * works on. This is the size of the free first axis of every input that has one, or the input
   * {@code count}.
   *
   * @throws InputException if an input is missing, unknown, or of another type or shape
   */
  public long images(Map<String, TensorProto> inputs) {
    requireKnown("input", inputs.keySet(), definition.getInputsMap());
    long images = -1;
    for (Map.Entry<String, TensorInfo> input :
        new TreeMap<>(definition.getInputsMap()).entrySet()) {
      TensorProto message = inputs.get(input.getKey());
      if (message == null) {
        throw new InputException(
            String.format(
                Locale.ROOT,
                "input `%s` is missing; expected %s",
                input.getKey(),
                new TreeSet<>(definition.getInputsMap().keySet())));
      }
      checkType(input.getKey(), message, input.getValue());
      TensorShapeProto shape = input.getValue().getTensorShape();
      if (shape.getDimCount() > 0 && shape.getDim(0).getSize() < 0) {
        long size = message.getTensorShape().getDim(0).getSize();
        if (images >= 0 && size != images) {
          throw new InputException(
              String.format(
                  Locale.ROOT,
                  "input `%s` has %s images; another input has %s",
                  input.getKey(),
                  size,
                  images));
        }
        images = size;
      } else if (input.getKey().equals("count")) {
        images = InputRanges.count(TensorMessages.numbers("count", message));
      }
    }
    return Math.max(0, images);
  }

  private static void requireKnown(String what, Collection<String> names, Map<String, ?> known) {
    for (String each : names) {
      if (!known.containsKey(each)) {
        throw new InputException(
            String.format(
                Locale.ROOT,
                "unknown %s `%s`; expected %s",
                what,
                each,
                new TreeSet<>(known.keySet())));
      }
    }
  }

  private static void checkType(String input, TensorProto found, TensorInfo expected) {
    if (found.getDtype() != expected.getDtype()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "input `%s` is %s; expected %s",
              input,
              found.getDtype(),
              expected.getDtype()));
    }
    TensorShapeProto shape = found.getTensorShape();
    TensorShapeProto signature = expected.getTensorShape();
    boolean fits = !shape.getUnknownRank() && shape.getDimCount() == signature.getDimCount();
    for (int i = 0; fits && i < shape.getDimCount(); i++) {
      long size = shape.getDim(i).getSize();
      long wanted = signature.getDim(i).getSize();
      fits = wanted < 0 ? size >= 0 && size <= Integer.MAX_VALUE : size == wanted;
    }
    if (!fits) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "input `%s` has shape %s; expected %s",
              input,
              TensorMessages.text(shape),
              TensorMessages.text(signature)));
    }
  }

  /**
   * The size of some outputs for a number of images, in bytes.
   *
   * @param outputs the names of outputs; an empty collection means all of them
   * @throws InputException if an output is unknown
   */
  public long outputBytes(long images, Collection<String> outputs) {
    requireKnown("output", outputs, definition.getOutputsMap());
    long bytes = 0;
    for (Map.Entry<String, TensorInfo> output : definition.getOutputsMap().entrySet()) {
      if (outputs.isEmpty() || outputs.contains(output.getKey())) {
        long size = TensorMessages.size(output.getValue().getDtype());
        for (TensorShapeProto.Dim dim : output.getValue().getTensorShape().getDimList()) {
          size = Math.multiplyExact(size, dim.getSize() < 0 ? images : dim.getSize());
        }
        bytes += size;
      }
    }
    return bytes;
  }

  /**
   * Calls the signature.
   *
   * @param inputs every input by its name
   * @param outputs the names of outputs; an empty collection means all of them
   * @return those outputs by name; their numbers are in the lists for their types
   * @throws InputException if an input or output is wrong, as {@link #images} says; if a level, a
   *     row or a temperature is out of its range; or if there is not enough memory
   * @throws NotAModelException if the model is damaged
   * @throws IllegalStateException if the model is closed
   */
  public Map<String, TensorProto> call(
      Map<String, TensorProto> inputs, Collection<String> outputs) {
    long images = images(inputs);
    if (outputBytes(images, outputs) > Integer.MAX_VALUE) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "the outputs of `%s` for %s images exceed 2 GiB; expected fewer images",
              name,
              images));
    }
    Map<String, Tensor> tensors = new HashMap<>();
    try {
      inputs.forEach((input, message) -> tensors.put(input, tensor(input, message)));
      return wrongInputSaidSo(
          () -> model.call(name, tensors, results -> messages(results, outputs)));
    } finally {
      tensors.values().forEach(Tensor::close);
    }
  }

  private Tensor tensor(String input, TensorProto message) {
    byte[] numbers = TensorMessages.numbers(input, message);
    InputRanges.check(input, message.getDtype(), numbers, model.shape());
    return TensorMessages.tensor(message, numbers);
  }

  private Map<String, TensorProto> messages(SignatureOutputs results, Collection<String> outputs) {
    Map<String, TensorProto> messages = new TreeMap<>();
    definition
        .getOutputsMap()
        .forEach(
            (output, info) -> {
              if (outputs.isEmpty() || outputs.contains(output)) {
                Tensor tensor = results.get(output).orElseThrow();
                DataType type = info.getDtype();
                messages.put(output, TensorMessages.message(type, tensor));
              }
            });
    return messages;
  }

  /** What TensorFlow calls an invalid argument is wrong input here, not a damaged model. */
  private <T> T wrongInputSaidSo(Supplier<T> call) {
    try {
      return call.get();
    } catch (NotAModelException e) {
      if (e.getCause() instanceof TFInvalidArgumentException wrong) {
        throw new InputException(
            "`" + name + "` refuses its inputs: " + InputException.reason(wrong), wrong);
      }
      throw e;
    }
  }
}
