package org.pixelrnn.train;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
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

/** A {@link RunConfig} as protobuf text, what {@code --config} reads and a run directory keeps. */
public final class ConfigFile {
  /** Whole fields only: a second value for the same field is a slip, not an override. */
  private static final TextFormat.Parser PARSER =
      TextFormat.Parser.newBuilder()
          .setSingularOverwritePolicy(
              TextFormat.Parser.SingularOverwritePolicy.FORBID_SINGULAR_OVERWRITES)
          .build();

  /** How TextFormat reports a field that the message has not: full message name, field. */
  private static final Pattern UNKNOWN_FIELD =
      Pattern.compile("unknown fields.*?\\t([\\w.]+)\\.(\\w+)", Pattern.DOTALL);

  private static final Pattern POSITION = Pattern.compile("^\\d+:\\d+: ");

  private ConfigFile() {}

  /**
   * Reads a file; the values are not looked at, which is {@link TrainingRules}' part.
   *
   * @throws InputException if it cannot be read, or at the line and column where it is not a {@link
   *     RunConfig}
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
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Parses protobuf text.
   *
   * @param source what to call it in a complaint
   * @throws InputException as {@link #read}
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

  /** The fields of a message as a person lists them. */
  static String fields(Descriptor message) {
    return message.getFields().stream()
        .map(FieldDescriptor::getName)
        .collect(Collectors.joining(", "));
  }

  /** What was wrong, on one line and without the position. */
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

  /** The complaint about a field that there is not, with those there are. */
  static String noField(Descriptor message, String field) {
    String fields = fields(message);
    return message.getName()
        + " has no field "
        + field
        + (fields.isEmpty() ? ", nor any other" : ", only " + fields);
  }

  /** The message of this full name at or below {@code root}. */
  private static Optional<Descriptor> message(Descriptor root, String fullName) {
    // Messages may hold messages of their own kind.
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
