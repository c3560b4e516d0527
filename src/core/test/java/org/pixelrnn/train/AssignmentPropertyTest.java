package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.pixelrnn.proto.v1.RunConfig;

/** Assignments say all that a configuration can say. */
class AssignmentPropertyTest {
  private static final int DEPTH = 4;

  @Property(tries = 300)
  void theAssignmentsOfAllFieldsMakeTheConfigurationAnew(@ForAll("configs") RunConfig config) {
    RunConfig made = RunConfig.getDefaultInstance();
    for (Assignment assignment : assignments(config, "")) {
      made = Assignment.parse(assignment.path() + "=" + assignment.value()).applyTo(made);
    }
    assertEquals(config, made);
  }

  @Property(tries = 300)
  void aFieldThatIsSetIsReadBack(
      @ForAll("configs") RunConfig before, @ForAll("configs") RunConfig values) {
    for (Assignment assignment : assignments(values, "")) {
      RunConfig after = assignment.applyTo(before);
      assertEquals(read(values, assignment), read(after, assignment));
      assertEquals(after, assignment.applyTo(after), "once more changes nothing");
    }
  }

  @Property(tries = 300)
  void aWholeMessageIsSetInBraces(@ForAll("configs") RunConfig config) {
    RunConfig made = RunConfig.getDefaultInstance();
    for (var field : config.getAllFields().entrySet()) {
      String text = TextFormat.printer().shortDebugString((Message) field.getValue());
      made = new Assignment(field.getKey().getName(), "{" + text + "}").applyTo(made);
    }
    assertEquals(config, made);
  }

  @Provide
  Arbitrary<RunConfig> configs() {
    return Arbitraries.randomValue(
        random -> {
          RunConfig.Builder config = RunConfig.newBuilder();
          fill(config, random, DEPTH);
          return config.build();
        });
  }

  private static void fill(Message.Builder message, Random random, int depth) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (random.nextBoolean()) {
        continue;
      }
      if (field.getJavaType() != JavaType.MESSAGE) {
        message.setField(field, value(field, random));
      } else if (depth > 0) {
        Message.Builder inner = message.newBuilderForField(field);
        fill(inner, random, depth - 1);
        message.setField(field, inner.build());
      }
    }
  }

  private static Object value(FieldDescriptor field, Random random) {
    return switch (field.getJavaType()) {
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case FLOAT -> random.nextFloat();
      case DOUBLE -> Math.scalb(random.nextGaussian(), random.nextInt(200) - 100);
      case BOOLEAN -> random.nextBoolean();
      case STRING -> Long.toString(random.nextLong(), Character.MAX_RADIX);
      case ENUM -> {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        yield values.get(random.nextInt(values.size()));
      }
      default -> throw new AssertionError(field);
    };
  }

  /** One assignment for each field that has no fields of its own, and for each empty message. */
  private static List<Assignment> assignments(Message message, String prefix) {
    List<Assignment> all = new ArrayList<>();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              String path = prefix + field.getName();
              if (!(value instanceof Message inner)) {
                all.add(new Assignment(path, value.toString()));
              } else if (inner.getAllFields().isEmpty()) {
                all.add(new Assignment(path, "{}"));
              } else {
                all.addAll(assignments(inner, path + "."));
              }
            });
    return all;
  }

  private static Object read(Message message, Assignment assignment) {
    Object value = message;
    for (String name : assignment.path().split("\\.", -1)) {
      Message of = (Message) value;
      value = of.getField(of.getDescriptorForType().findFieldByName(name));
    }
    return value;
  }
}
