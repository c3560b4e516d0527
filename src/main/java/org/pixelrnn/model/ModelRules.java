package org.pixelrnn.model;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Range;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.ModelConfig.ArchitectureCase;

/** What a {@link ModelConfig} must be for a {@link Network} to be built from it. */
public final class ModelRules {
  /** The kinds of layers that {@link Network} knows. */
  private static final ImmutableSet<ArchitectureCase> BUILT =
      ImmutableSet.of(
          ArchitectureCase.PIXEL_CNN, ArchitectureCase.ROW_LSTM, ArchitectureCase.DIAGONAL_BILSTM);

  private ModelRules() {}

  /**
   * Checks every field; to be called before a network is built.
   *
   * @throws InputException naming every field of {@code model} that breaks its rule
   */
  public static void check(ModelConfig model) {
    Rules rules = new Rules();
    check(model, rules);
    rules.enforce();
  }

  /** As {@link #check(ModelConfig)}, but leaves it to {@code rules} to complain. */
  public static void check(ModelConfig model, Rules rules) {
    // The upper ends are far beyond what anybody trains; they catch slips, not ambition.
    rules.within("model.height", model.getHeight(), Range.closed(1, 1024));
    rules.within("model.width", model.getWidth(), Range.closed(1, 1024));
    rules.within("model.channels", model.getChannels(), Range.closed(1, 16));
    rules.within("model.levels", model.getLevels(), Range.closed(2, 256));
    rules.within("model.h", model.getH(), Range.closed(1, 4096));
    rules.within("model.layers", model.getLayers(), Range.closed(1, 256));
    rules.within("model.head_width", model.getHeadWidth(), Range.closed(1, 65536));
    rules.divisible("model.h", model.getH(), model.getChannels());
    rules.divisible("model.head_width", model.getHeadWidth(), model.getChannels());
    ArchitectureCase architecture = model.getArchitectureCase();
    if (!BUILT.contains(architecture)) {
      rules.broken(
          architecture == ArchitectureCase.ARCHITECTURE_NOT_SET
              ? "model.architecture is not set"
              : "model has " + name(architecture) + " {}",
          "it must have "
              + BUILT.stream().map(a -> name(a) + " {}").collect(Collectors.joining(" or ")));
    }
  }

  private static String name(ArchitectureCase architecture) {
    FieldDescriptor field = ModelConfig.getDescriptor().findFieldByNumber(architecture.getNumber());
    return field.getName();
  }
}
