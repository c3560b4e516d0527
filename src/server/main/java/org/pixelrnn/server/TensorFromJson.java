package org.pixelrnn.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * One input of a signature, read from JSON: a number, or nested lists of numbers. In place of a
 * list there may be {@code {"b64": "..."}}, the bytes of all its numbers, if each of them is one
 * byte.
 */
final class TensorFromJson {
  /** The field of an object that holds bytes. */
  static final String BASE64 = "b64";

  private final String name;
  private final DataType type;

  /** The size of each axis; -1 while it is free. */
  private final long[] sizes;

  private final boolean freeRows;
  private long rows;
  private final TensorProto.Builder numbers;

  /** Makes an input without numbers. */
  TensorFromJson(String name, TensorInfo input) {
    this.name = name;
    this.type = input.getDtype();
    sizes =
        input.getTensorShape().getDimList().stream()
            .mapToLong(TensorShapeProto.Dim::getSize)
            .toArray();
    freeRows = sizes.length > 0 && sizes[0] < 0;
    numbers = TensorProto.newBuilder().setDtype(type);
  }

  /** Reads the whole tensor. The parser is at its first token, and then at its last. */
  void set(JsonParser json) throws IOException {
    read(json, 0);
  }

  /** Reads one row: the part of the tensor for one index of the first axis. */
  void addRow(JsonParser json) throws IOException {
    if (!freeRows) {
      throw RefusedRequest.wrong(
          "input `"
              + name
              + "` is not given for each instance; expected `inputs` in place of `instances`");
    }
    read(json, 1);
    rows++;
  }

  /** The tensor as far as it was read. */
  TensorProto build() {
    if (rows > 0) {
      sizes[0] = rows;
    }
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return numbers.setTensorShape(shape).build();
  }

  private void read(JsonParser json, int axis) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.START_OBJECT || token == JsonToken.FIELD_NAME) {
      readBytes(json, axis);
    } else if (axis == sizes.length) {
      readNumber(json);
    } else if (token == JsonToken.START_ARRAY) {
      long size = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        read(json, axis + 1);
        size++;
      }
      checkSize(axis, size);
    } else {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "input `%s` has %s on axis %s; expected a list",
              name,
              text(json),
              axis));
    }
  }

  private void checkSize(int axis, long size) {
    if (sizes[axis] < 0) {
      sizes[axis] = size;
    } else if (sizes[axis] != size) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "input `%s` has a list of %s on axis %s; expected %s",
              name,
              size,
              axis,
              sizes[axis]));
    }
  }

  private void readBytes(JsonParser json, int axis) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      json.nextToken();
    }
    boolean named = BASE64.equals(json.currentName());
    if (!named
        || json.nextToken() != JsonToken.VALUE_STRING
        || (type != DataType.DT_UINT8 && type != DataType.DT_BOOL)) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "input `%s` has an object; expected numbers%s",
              name,
              type == DataType.DT_UINT8 ? ", or {\"b64\": ...} of their bytes" : ""));
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(json.getText());
    } catch (IllegalArgumentException e) {
      throw RefusedRequest.wrong("input `" + name + "` has a wrong `b64`; expected base64");
    }
    if (json.nextToken() != JsonToken.END_OBJECT) {
      throw RefusedRequest.wrong(
          "input `" + name + "` has fields besides `b64`; expected no other");
    }
    checkBytes(bytes.length, axis);
    for (byte each : bytes) {
      if (type == DataType.DT_UINT8) {
        numbers.addIntVal(Byte.toUnsignedInt(each));
      } else if (each == 0 || each == 1) {
        numbers.addBoolVal(each == 1);
      } else {
        throw RefusedRequest.wrong(
            String.format(
                Locale.ROOT,
                "input `%s` has byte %s; expected 0 or 1",
                name,
                Byte.toUnsignedInt(each)));
      }
    }
  }

  /** The sizes of the axes say how many bytes there are. A free first axis follows from them. */
  private void checkBytes(int found, int axis) {
    boolean free = axis == 0 && freeRows;
    long size = Arrays.stream(sizes).skip(free ? 1 : axis).reduce(1, (a, b) -> a * b);
    if (free ? found % size != 0 : found != size) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "input `%s` has %s bytes; expected %s%s",
              name,
              found,
              free ? "a multiple of " : "",
              size));
    }
    if (free) {
      sizes[0] = found / size;
    }
  }

  private void readNumber(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    switch (type) {
      case DT_BOOL -> {
        if (!token.isBoolean()) {
          throw wrong(json, "true or false");
        }
        numbers.addBoolVal(json.getBooleanValue());
      }
      case DT_FLOAT -> {
        if (!token.isNumeric() || Float.isInfinite(json.getFloatValue())) {
          throw wrong(json, "a number that fits float32");
        }
        numbers.addFloatVal(json.getFloatValue());
      }
      case DT_INT64 -> numbers.addInt64Val(integer(json, Long.MIN_VALUE, Long.MAX_VALUE));
      case DT_UINT8 -> numbers.addIntVal((int) integer(json, 0, 255));
      default -> numbers.addIntVal((int) integer(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
  }

  private long integer(JsonParser json, long least, long most) throws IOException {
    boolean fits =
        json.currentToken() == JsonToken.VALUE_NUMBER_INT
            && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!fits || json.getLongValue() < least || json.getLongValue() > most) {
      throw wrong(json, String.format(Locale.ROOT, "an integer of %s to %s", least, most));
    }
    return json.getLongValue();
  }

  private RefusedRequest wrong(JsonParser json, String expected) throws IOException {
    return RefusedRequest.wrong(
        String.format(Locale.ROOT, "input `%s` has %s; expected %s", name, text(json), expected));
  }

  /** The first characters of the token at which a parser is. */
  private static String text(JsonParser json) throws IOException {
    String text = json.currentToken() == JsonToken.START_ARRAY ? "a list" : json.getText();
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
