package org.pixelrnn.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpData;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Bodies of HTTP requests and answers as JSON. Reading is strict: it takes what was documented. */
final class JsonBody {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonBody() {}

  /**
   * Reads an object. An empty body is an empty object.
   *
   * @param type a record whose components are the fields; absent fields are null
   * @throws RefusedRequest if the body is not such an object
   */
  static <T> T read(HttpData body, Class<T> type) {
    try {
      T read = MAPPER.readValue(body.isEmpty() ? new byte[] {'{', '}'} : body.array(), type);
      if (read == null) {
        throw RefusedRequest.wrong("the body is null; expected a JSON object");
      }
      return read;
    } catch (UnrecognizedPropertyException e) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "unknown field `%s`; expected %s",
              e.getPropertyName(),
              e.getKnownPropertyIds().stream()
                  .map(Object::toString)
                  .collect(Collectors.toCollection(TreeSet::new))));
    } catch (JsonMappingException e) {
      throw RefusedRequest.wrong(wrongField(e));
    } catch (JsonProcessingException e) {
      throw RefusedRequest.wrong("the body is not JSON: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw RefusedRequest.wrong("the body cannot be read: " + e.getMessage());
    }
  }

  private static String wrongField(JsonMappingException e) {
    String field =
        e.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .map(name -> "field `" + name + "`")
            .findFirst()
            .orElse("the body");
    return field
        + " is wrong: "
        + firstLine(e.getOriginalMessage())
        + (e.getPath().isEmpty() ? "; expected a JSON object" : "");
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  /** Writes an object, followed by a line break. */
  static HttpData line(Map<String, ?> object) {
    byte[] json = write(object).array();
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return HttpData.wrap(line);
  }

  /** Writes an object on one line. Bytes become base64. */
  static HttpData write(Map<String, ?> object) {
    try {
      return HttpData.wrap(MAPPER.writeValueAsBytes(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
