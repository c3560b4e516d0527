package org.pixelrnn.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pixelrnn.proto.serving.ModelSpec;
import org.pixelrnn.proto.serving.PredictRequest;
import org.pixelrnn.sampler.SignatureFunction;
import org.tensorflow.proto.TensorInfo;

/**
 * The JSON of a call over HTTP, as TensorFlow Serving reads it. A signature of one input may be
 * given its values without the name:
 *
 * <pre>{@code
 * in rows       {"signature_name": "complete", "instances": [{"images": ..., "known": ...}, ...]}
 * in columns    {"signature_name": "sample", "inputs": {"count": 4, "seed": 1, "temperature": 1}}
 * }</pre>
 *
 * <p>The text is read twice: first for the names, then for the numbers, whose types and shapes
 * follow from the signature. So the numbers need no tree of JSON objects.
 */
final class PredictBody {
  private final byte[] text;
  private final String signature;
  private final boolean inRows;

  private PredictBody(byte[] text, String signature, boolean inRows) {
    this.text = text;
    this.signature = signature;
    this.inRows = inRows;
  }

  /**
   * Reads the names in a body.
   *
   * @throws RefusedRequest if it is not JSON, or if it has not exactly one of {@code instances} and
   *     {@code inputs}
   */
  static PredictBody of(byte[] text) {
    String[] signature = {""};
    boolean[] found = {false, false};
    eachField(
        text,
        (name, json) -> {
          switch (name) {
            case "signature_name" -> {
              if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw RefusedRequest.wrong("field `signature_name` is wrong; expected a text");
              }
              signature[0] = json.getText();
            }
            case "instances" -> found[0] = true;
            case "inputs" -> found[1] = true;
            default -> {
              // TensorFlow Serving ignores other fields, too.
            }
          }
          json.skipChildren();
        });
    if (found[0] == found[1]) {
      throw RefusedRequest.wrong(
          found[0]
              ? "the body has both `instances` and `inputs`; expected one of them"
              : "the body has neither `instances` nor `inputs`; expected one of them");
    }
    return new PredictBody(text, signature[0], found[0]);
  }

  /** True if the values are given in rows, so that the answer is given in rows, too. */
  boolean inRows() {
    return inRows;
  }

  /**
   * Reads the whole call.
   *
   * @param functions the signatures of the model
   * @throws RefusedRequest if there is no such signature, or if the values do not fit it
   */
  PredictRequest read(Map<String, SignatureFunction> functions) {
    ModelSpec model = ModelSpec.newBuilder().setSignatureName(signature).build();
    Map<String, TensorInfo> inputs =
        SignatureRequests.find(functions, SignatureRequests.signatureName(model))
            .definition()
            .getInputsMap();
    Map<String, TensorFromJson> tensors = new TreeMap<>();
    inputs.forEach((name, info) -> tensors.put(name, new TensorFromJson(name, info)));
    eachField(
        text,
        (name, json) -> {
          if (name.equals("instances")) {
            readRows(json, tensors);
          } else if (name.equals("inputs")) {
            readColumns(json, tensors);
          } else {
            json.skipChildren();
          }
        });
    PredictRequest.Builder request = PredictRequest.newBuilder().setModelSpec(model);
    tensors.forEach((name, tensor) -> request.putInputs(name, tensor.build()));
    return request.build();
  }

  private static void readRows(JsonParser json, Map<String, TensorFromJson> tensors)
      throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw RefusedRequest.wrong("field `instances` is wrong; expected a list");
    }
    int row = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (namesInputs(json, tensors)) {
        int read = readNamed(json, tensors, TensorFromJson::addRow);
        if (read < tensors.size()) {
          throw RefusedRequest.wrong(
              String.format(
                  Locale.ROOT,
                  "instance %s has %s inputs; expected %s",
                  row,
                  read,
                  tensors.keySet()));
        }
      } else {
        only(tensors).addRow(json);
      }
      row++;
    }
    if (row == 0) {
      throw RefusedRequest.wrong("field `instances` is empty; expected at least one instance");
    }
  }

  private static void readColumns(JsonParser json, Map<String, TensorFromJson> tensors)
      throws IOException {
    if (!namesInputs(json, tensors)) {
      only(tensors).set(json);
      return;
    }
    int read = readNamed(json, tensors, TensorFromJson::set);
    if (read < tensors.size()) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT, "`inputs` has %s inputs; expected %s", read, tensors.keySet()));
    }
  }

  /** True at an object that names inputs. Then the first name is the next token. */
  private static boolean namesInputs(JsonParser json, Map<String, TensorFromJson> tensors)
      throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return false;
    }
    String first = json.nextFieldName();
    return !TensorFromJson.BASE64.equals(first) || tensors.containsKey(first);
  }

  private static int readNamed(
      JsonParser json, Map<String, TensorFromJson> tensors, ValueReader<TensorFromJson> reader)
      throws IOException {
    int read = 0;
    for (; json.currentToken() == JsonToken.FIELD_NAME; json.nextToken()) {
      String name = json.currentName();
      if (!tensors.containsKey(name)) {
        throw RefusedRequest.wrong(
            String.format(
                Locale.ROOT,
                "unknown input `%s`; expected %s",
                name,
                new TreeSet<>(tensors.keySet())));
      }
      json.nextToken();
      reader.read(tensors.get(name), json);
      read++;
    }
    return read;
  }

  private static TensorFromJson only(Map<String, TensorFromJson> tensors) {
    if (tensors.size() != 1) {
      throw RefusedRequest.wrong(
          "the values have no names; expected an object with the inputs " + tensors.keySet());
    }
    return tensors.values().iterator().next();
  }

  /** Reads the value at which a parser is, to its end. */
  private interface ValueReader<T> {
    void read(T target, JsonParser json) throws IOException;
  }

  /** Calls a reader at the value of each field of an object. */
  private static void eachField(byte[] text, ValueReader<String> reader) {
    try (JsonParser json = JsonBody.FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw RefusedRequest.wrong("the body is wrong; expected a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        reader.read(name, json);
      }
      if (json.nextToken() != null) {
        throw RefusedRequest.wrong("the body goes on after the JSON object; expected its end");
      }
    } catch (JsonProcessingException e) {
      throw JsonBody.notJson(e);
    } catch (IOException e) {
      throw RefusedRequest.wrong("the body cannot be read: " + e.getMessage());
    }
  }
}
