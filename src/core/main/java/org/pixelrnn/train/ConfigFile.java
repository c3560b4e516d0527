package org.pixelrnn.train;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

/** Reads a {@link RunConfig} that is written as protobuf text. */
public final class ConfigFile {
  /** Refuses a second value of a field: in a file it is a slip, not an override. */
  private static final TextFormat.Parser PARSER =
      TextFormat.Parser.newBuilder()
          .setSingularOverwritePolicy(
              TextFormat.Parser.SingularOverwritePolicy.FORBID_SINGULAR_OVERWRITES)
          .build();

  /** The full name of a message, and a field that it does not have, as TextFormat reports them. */
  private static final Pattern UNKNOWN_FIELD =
      Pattern.compile("unknown fields.*?\\t([\\w.]+)\\.(\\w+)", Pattern.DOTALL);

  private static final Pattern POSITION = Pattern.compile("^\\d+:\\d+: ");

  private ConfigFile() {}

  /**
   * Reads a file. It may have any values: {@link TrainingBuilder#build} checks them.
   *
   * @throws InputException if the file cannot be read, or is not a {@link RunConfig}; the message
   *     names line and column
   */
  public static RunConfig read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new InputException(file + ": is a folder, expected a file of protobuf text");
      }
      return parse(Files.readString(file), file.toString());
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new InputException(file + ": not a text file (UTF-8), expected protobuf text", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + InputException.reason(e), e);
    }
  }

  /**
   * Parses protobuf text.
   *
   * @param source the name of the text in messages of exceptions
   * @throws InputException if the text is not a {@link RunConfig}; the message names line and
   *     column
   */
  public static RunConfig parse(String text, String source) {
    RunConfig.Builder run = RunConfig.newBuilder();
    try {
      PARSER.merge(text, run);
    } catch (TextFormat.ParseException e) {
      throw new InputException(
          source + ":" + e.getLine() + ":" + e.getColumn() + ": " + inWords(e), e);
    }
    return run.build();
  }

  /**
   * A copy of a message without the fields that are set to their own defaults. It means the same.
   */
  static Message withoutDefaults(Message message) {
    Message.Builder stripped = message.toBuilder();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.isRepeated()) {
                return;
              }
              // A member of a oneof means something even with its default value: it is chosen.
              boolean chooses = field.getContainingOneof() != null;
              if (field.getJavaType() == JavaType.MESSAGE) {
                Message inner = withoutDefaults((Message) value);
                if (chooses || !inner.getAllFields().isEmpty()) {
                  stripped.setField(field, inner);
                } else {
                  stripped.clearField(field);
                }
              } else if (!chooses && value.equals(field.getDefaultValue())) {
                stripped.clearField(field);
              }
            });
    return stripped.build();
  }

  /** A value on one line, in braces. */
  static String oneLine(Message value) {
    return "{" + value.toString().strip().replaceAll("\\s+", " ") + "}";
  }

  /** The names of a message's fields, separated by commas. */
  static String fields(Descriptor message) {
    return message.getFields().stream()
        .map(FieldDescriptor::getName)
        .collect(Collectors.joining(", "));
  }

  /** Says what was wrong on one line, without the position. */
  static String inWords(TextFormat.ParseException e) {
    Matcher unknown = UNKNOWN_FIELD.matcher(e.getMessage());
    if (unknown.find()) {
      Optional<Descriptor> message = message(RunConfig.getDescriptor(), unknown.group(1));
      if (message.isPresent()) {
        return noField(message.get(), unknown.group(2));
      }
    }
    return POSITION.matcher(e.getMessage()).replaceFirst("").replaceAll("\\s+", " ");
  }

  /** Says that a message does not have a field, and which fields it has. */
  static String noField(Descriptor message, String field) {
    String fields = fields(message);
    return message.getName()
        + " has no field "
        + field
        + (fields.isEmpty() ? "; it has no fields" : ", only " + fields);
  }

  /** Finds the message of a full name among {@code root} and the messages below it. */
  private static Optional<Descriptor> message(Descriptor root, String fullName) {
    // Each message is visited once, because messages may hold messages of their own kind.
    Set<Descriptor> seen = new LinkedHashSet<>();
    Deque<Descriptor> ahead = new ArrayDeque<>(List.of(root));
    while (!ahead.isEmpty()) {
      Descriptor message = ahead.pop();
      if (seen.add(message)) {
        message.getFields().stream()
            .filter(field -> field.getJavaType() == JavaType.MESSAGE)
            .forEach(field -> ahead.add(field.getMessageType()));
      }
    }
    return seen.stream().filter(message -> message.getFullName().equals(fullName)).findFirst();
  }
}
