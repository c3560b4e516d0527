package org.pixelrnn.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.linecorp.armeria.common.HttpData;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Bodies of HTTP requests and answers as JSON. Reading is strict: it takes what was documented. */
final class JsonBody {
  /** Base64 of an image is one long text. The size of a body is limited elsewhere. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                for (CoercionInputShape shape : CoercionInputShape.values()) {
                  text.setCoercion(shape, CoercionAction.Fail);
                }
              })
          .build();

  private JsonBody() {}

  /**
   * Reads an object. An empty body is an empty object.
   *
   * @param type a record whose components are the fields; absent fields are null
   * @throws RefusedRequest if the body is not such an object
   */
  static <T> T read(HttpData body, Class<T> type) {
    byte[] text = body.isEmpty() ? new byte[] {'{', '}'} : body.array();
    try (JsonParser json = MAPPER.createParser(text)) {
      T read = json.nextToken() == JsonToken.START_OBJECT ? MAPPER.readValue(json, type) : null;
      if (read == null) {
        throw RefusedRequest.wrong("the body is wrong; expected a JSON object");
      }
      if (json.nextToken() != null) {
        throw RefusedRequest.wrong("the body goes on after the JSON object; expected its end");
      }
      return read;
    } catch (UnrecognizedPropertyException e) {
      throw RefusedRequest.wrong(
          String.format(
              Locale.ROOT,
              "unknown field `%s`; expected %s",
              CharMatcher.javaIsoControl().replaceFrom(e.getPropertyName(), ' '),
              e.getKnownPropertyIds().stream()
                  .map(Object::toString)
                  .collect(Collectors.toCollection(TreeSet::new))));
    } catch (JsonMappingException e) {
      throw RefusedRequest.wrong(wrongField(type, e));
    } catch (JsonProcessingException e) {
      throw notJson(e);
    } catch (IOException e) {
      throw RefusedRequest.wrong("the body cannot be read: " + e.getMessage());
    }
  }

  private static String wrongField(Class<?> type, JsonMappingException e) {
    String field = e.getPath().isEmpty() ? "" : e.getPath().get(0).getFieldName();
    return Arrays.stream(type.getRecordComponents())
        .filter(component -> component.getName().equals(field))
        .findFirst()
        .map(found -> "field `" + field + "` is wrong; expected " + expected(found.getType()))
        .orElse("the body is wrong; expected a JSON object");
  }

  /** The values that a field of a type takes. */
  private static String expected(Class<?> type) {
    if (type == Integer.class) {
      return "an integer of " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
    }
    if (type == Long.class) {
      return "an integer of " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;
    }
    if (type == Float.class) {
      return "a number";
    }
    return type == Boolean.class ? "true or false" : "a text";
  }

  /** The refusal of a body that is not JSON. The parser's advice to programmers is left out. */
  static RefusedRequest notJson(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return RefusedRequest.wrong(
          "the body has a number or a name that is too long, or lists that are too deep; expected at"
              + " most 1000 digits and 1000 lists inside one another");
    }
    return RefusedRequest.wrong(
        "the body is not JSON: "
            + Splitter.on(": ").split(e.getOriginalMessage()).iterator().next());
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
