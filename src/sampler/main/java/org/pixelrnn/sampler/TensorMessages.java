package org.pixelrnn.sampler;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Tensors as TensorFlow's messages, and back. A message holds its numbers as the raw bytes {@code
 * tensor_content}, or in the list for its type, for instance {@code float_val}. If a list is
 * shorter than the tensor, its last number stands for all that follow; an empty list stands for
 * zeros.
 */
final class TensorMessages {
  private TensorMessages() {}

  /** The bytes of one number. */
  static int size(DataType type) {
    return switch (type) {
      case DT_UINT8, DT_BOOL -> Byte.BYTES;
      case DT_INT32, DT_FLOAT -> Integer.BYTES;
      case DT_INT64 -> Long.BYTES;
      default -> throw new InputException("type " + type + "; expected one of a signature");
    };
  }

  private static Class<? extends TType> type(DataType type) {
    return switch (type) {
      case DT_UINT8 -> TUint8.class;
      case DT_BOOL -> TBool.class;
      case DT_INT32 -> TInt32.class;
      case DT_INT64 -> TInt64.class;
      case DT_FLOAT -> TFloat32.class;
      default -> throw new InputException("type " + type + "; expected one of a signature");
    };
  }

  /** Writes a shape as people do, {@code [-1, 28, 28, 1]}. */
  static String text(TensorShapeProto shape) {
    return shape.getUnknownRank()
        ? "unknown"
        : shape.getDimList().stream()
            .map(dim -> Long.toString(dim.getSize()))
            .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Copies numbers in the machine's byte order to a tensor. */
  static Tensor tensor(TensorProto message, byte[] numbers) {
    long[] sizes =
        message.getTensorShape().getDimList().stream()
            .mapToLong(TensorShapeProto.Dim::getSize)
            .toArray();
    return Tensor.of(
        type(message.getDtype()), Shape.of(sizes), DataBuffers.of(numbers, true, false));
  }

  /**
   * Reads the numbers of a message.
   *
   * @param name the name of the input, for messages
   * @param message a message whose type and shape were checked
   * @return all numbers in the machine's byte order
   * @throws InputException if there are too many numbers or too few bytes, or if a number does not
   *     fit the type
   */
  static byte[] numbers(String name, TensorProto message) {
    int count =
        message.getTensorShape().getDimList().stream()
            .mapToInt(dim -> Math.toIntExact(dim.getSize()))
            .reduce(1, Math::multiplyExact);
    int bytes = Math.multiplyExact(count, size(message.getDtype()));
    ByteString content = message.getTensorContent();
    if (!content.isEmpty() && content.size() != bytes) {
      throw new InputException(
          String.format(
              Locale.ROOT, "input `%s` has %s bytes; expected %s", name, content.size(), bytes));
    }
    byte[] numbers = new byte[bytes];
    if (content.isEmpty()) {
      copyList(name, message, count, ByteBuffer.wrap(numbers).order(ByteOrder.nativeOrder()));
    } else {
      content.copyTo(numbers, 0);
      checkBytes(name, message.getDtype(), numbers);
    }
    return numbers;
  }

  private static void checkBytes(String name, DataType type, byte[] bytes) {
    if (type == DataType.DT_BOOL) {
      for (byte b : bytes) {
        if (b != 0 && b != 1) {
          throw new InputException(
              String.format(
                  Locale.ROOT,
                  "input `%s` has byte %s; expected 0 or 1",
                  name,
                  Byte.toUnsignedInt(b)));
        }
      }
    }
  }

  private static void copyList(String name, TensorProto from, int count, ByteBuffer into) {
    int listed =
        switch (from.getDtype()) {
          case DT_FLOAT -> from.getFloatValCount();
          case DT_INT64 -> from.getInt64ValCount();
          case DT_BOOL -> from.getBoolValCount();
          default -> from.getIntValCount();
        };
    if (listed > count) {
      throw new InputException(
          String.format(
              Locale.ROOT, "input `%s` has %s numbers; expected at most %s", name, listed, count));
    }
    for (int i = 0; i < count && listed > 0; i++) {
      int at = Math.min(i, listed - 1);
      switch (from.getDtype()) {
        case DT_FLOAT -> into.putFloat(from.getFloatVal(at));
        case DT_INT64 -> into.putLong(from.getInt64Val(at));
        case DT_BOOL -> into.put((byte) (from.getBoolVal(at) ? 1 : 0));
        case DT_INT32 -> into.putInt(from.getIntVal(at));
        default -> into.put(unsignedByte(name, from.getIntVal(at)));
      }
    }
  }

  private static byte unsignedByte(String name, int value) {
    if (value < 0 || value > 255) {
      throw new InputException(
          String.format(Locale.ROOT, "input `%s` has %s; expected 0 to 255", name, value));
    }
    return (byte) value;
  }

  /** Copies a tensor to a message, whose numbers are in the list for their type. */
  static TensorProto message(DataType type, Tensor tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : tensor.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    TensorProto.Builder message = TensorProto.newBuilder().setDtype(type).setTensorShape(shape);
    ByteDataBuffer data = tensor.asRawTensor().data();
    byte[] bytes = new byte[Math.toIntExact(data.size())];
    data.read(bytes);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    while (numbers.hasRemaining()) {
      switch (type) {
        case DT_FLOAT -> message.addFloatVal(numbers.getFloat());
        case DT_INT64 -> message.addInt64Val(numbers.getLong());
        case DT_BOOL -> message.addBoolVal(numbers.get() != 0);
        case DT_INT32 -> message.addIntVal(numbers.getInt());
        case DT_UINT8 -> message.addIntVal(Byte.toUnsignedInt(numbers.get()));
        default -> throw new InputException("type " + type + "; expected one of a signature");
      }
    }
    return message.build();
  }
}
