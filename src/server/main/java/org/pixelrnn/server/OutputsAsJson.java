package org.pixelrnn.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.linecorp.armeria.common.HttpData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.pixelrnn.proto.serving.PredictResponse;
import org.tensorflow.proto.TensorProto;

/**
 * The outputs of a signature as TensorFlow Serving's JSON. The only output of a signature has no
 * name:
 *
 * <pre>{@code
 * in rows       {"predictions": [{"bits_per_dim": 0.1, "log_prob": -54.3}, ...]}
 * in columns    {"outputs": {"bits_per_dim": [0.1, ...], "log_prob": [-54.3, ...]}}
 * }</pre>
 */
final class OutputsAsJson {
  /** Numbers that are not finite are written as TensorFlow Serving writes them: NaN, Infinity. */
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

  private OutputsAsJson() {}

  /**
   * Writes the outputs.
   *
   * @throws RefusedRequest if rows are asked for, and the outputs do not have as many rows as each
   *     other
   */
  static HttpData write(PredictResponse answer, boolean inRows) {
    Map<String, Cursor> outputs = new TreeMap<>();
    answer.getOutputsMap().forEach((name, tensor) -> outputs.put(name, new Cursor(tensor)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (inRows) {
        json.writeArrayFieldStart("predictions");
        for (long row = 0; row < rows(outputs); row++) {
          write(json, outputs, 1);
        }
        json.writeEndArray();
      } else {
        json.writeFieldName("outputs");
        write(json, outputs, 0);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpData.wrap(bytes.toByteArray());
  }

  private static void write(JsonGenerator json, Map<String, Cursor> outputs, int axis)
      throws IOException {
    if (outputs.size() == 1) {
      outputs.values().iterator().next().write(json, axis);
      return;
    }
    json.writeStartObject();
    for (Map.Entry<String, Cursor> output : outputs.entrySet()) {
      json.writeFieldName(output.getKey());
      output.getValue().write(json, axis);
    }
    json.writeEndObject();
  }

  private static long rows(Map<String, Cursor> outputs) {
    long[] rows =
        outputs.values().stream().mapToLong(output -> output.size(0)).distinct().toArray();
    if (rows.length != 1) {
      throw RefusedRequest.wrong(
          "the outputs have different numbers of rows; expected `inputs` in place of `instances`");
    }
    return rows[0];
  }

  /** Writes the numbers of a tensor, one after another. */
  private static final class Cursor {
    private final TensorProto tensor;
    private int next;

    Cursor(TensorProto tensor) {
      this.tensor = tensor;
    }

    /** The size of an axis; -1 if there is none. */
    long size(int axis) {
      return axis < tensor.getTensorShape().getDimCount()
          ? tensor.getTensorShape().getDim(axis).getSize()
          : -1;
    }

    void write(JsonGenerator json, int axis) throws IOException {
      long size = size(axis);
      if (size < 0) {
        writeNumber(json, next++);
        return;
      }
      json.writeStartArray();
      for (long i = 0; i < size; i++) {
        write(json, axis + 1);
      }
      json.writeEndArray();
    }

    private void writeNumber(JsonGenerator json, int at) throws IOException {
      switch (tensor.getDtype()) {
        case DT_FLOAT -> json.writeNumber(tensor.getFloatVal(at));
        case DT_INT64 -> json.writeNumber(tensor.getInt64Val(at));
        case DT_BOOL -> json.writeBoolean(tensor.getBoolVal(at));
        default -> json.writeNumber(tensor.getIntVal(at));
      }
    }
  }
}
