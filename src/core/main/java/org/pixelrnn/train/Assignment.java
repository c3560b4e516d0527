package org.pixelrnn.train;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

/**
 * Sets one field of a {@link RunConfig}: {@code training.batch_size=32}, {@code
 * training.adam.beta1=0.9}, {@code data.binarisation=THRESHOLD}, {@code model.pixel_cnn={}}.
 * Setting a field inside a member of a oneof chooses that member.
 *
 * @param path field names from {@link RunConfig} down, joined by dots
 * @param value the value as protobuf text writes it, but text without quotes; a message is in
 *     braces
 */
public record Assignment(String path, String value) {

  /**
   * Parses {@code path=value}.
   *
   * @throws InputException if there is no {@code =} after a path
   */
  public static Assignment parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new InputException(text + ": expected path=value, for instance training.batch_size=32");
    }
    return new Assignment(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
  }

  /**
   * A copy of a configuration with this field set.
   *
   * @throws InputException if there is no such field, or the value is not of its type
   */
  public RunConfig applyTo(RunConfig run) {
    RunConfig.Builder changed = run.toBuilder();
    set(changed, Arrays.asList(path.split("\\.", -1)));
    return changed.build();
  }

  private void set(Message.Builder message, List<String> names) {
    Descriptor type = message.getDescriptorForType();
    FieldDescriptor field = type.findFieldByName(names.get(0));
    if (field == null) {
      throw refused(ConfigFile.noField(type, names.get(0)));
    }
    if (names.size() == 1) {
      message.setField(field, parse(field, message));
    } else if (field.getJavaType() == JavaType.MESSAGE) {
      Message.Builder inner = ((Message) message.getField(field)).toBuilder();
      set(inner, names.subList(1, names.size()));
      message.setField(field, inner.build());
    } else {
      throw refused(field.getName() + " is " + expected(field) + " and has no fields");
    }
  }

  private Object parse(FieldDescriptor field, Message.Builder message) {
    try {
      return switch (field.getJavaType()) {
        case INT -> Integer.valueOf(value);
        case LONG -> Long.valueOf(value);
        case FLOAT -> Float.valueOf(value);
        case DOUBLE -> Double.valueOf(value);
        case STRING -> value;
        case BOOLEAN ->
            switch (value) {
              case "true" -> true;
              case "false" -> false;
              default -> throw unexpected(field);
            };
        case ENUM -> {
          EnumValueDescriptor named = field.getEnumType().findValueByName(value);
          if (named == null) {
            throw unexpected(field);
          }
          yield named;
        }
        case MESSAGE -> {
          if (!(value.startsWith("{") && value.endsWith("}"))) {
            throw unexpected(field);
          }
          Message.Builder inner = message.newBuilderForField(field);
          TextFormat.merge(value.substring(1, value.length() - 1), inner);
          yield inner.build();
        }
        case BYTE_STRING ->
            throw new IllegalStateException(field + " has bytes, which no rule sets");
      };
    } catch (NumberFormatException e) {
      throw unexpected(field);
    } catch (TextFormat.ParseException e) {
      throw refused(ConfigFile.inWords(e));
    }
  }

  private InputException unexpected(FieldDescriptor field) {
    return refused("expected " + expected(field));
  }

  private InputException refused(String why) {
    return new InputException(path + "=" + value + ": " + why);
  }

  private static String expected(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT -> "a whole number of at most " + Integer.MAX_VALUE;
      case LONG -> "a whole number";
      case FLOAT, DOUBLE -> "a number";
      case BOOLEAN -> "true or false";
      case STRING -> "text";
      case ENUM ->
          field.getEnumType().getValues().stream()
              .map(EnumValueDescriptor::getName)
              .collect(Collectors.joining(" or "));
      case MESSAGE -> "{}, or fields in braces: " + ConfigFile.fields(field.getMessageType());
      case BYTE_STRING -> throw new IllegalStateException(field + " has bytes, which no rule sets");
    };
  }
}
