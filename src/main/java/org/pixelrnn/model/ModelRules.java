package org.pixelrnn.model;

import com.google.common.collect.Range;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.ModelConfig.ArchitectureCase;

/** What a {@link ModelConfig} must be for a {@link Network} to be built from it. */
public final class ModelRules {
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
    if (model.getArchitectureCase() == ArchitectureCase.ARCHITECTURE_NOT_SET) {
      rules.broken(
          "model.architecture is not set",
          "it must have "
              + architectures().getFields().stream()
                  .map(field -> field.getName() + " {}")
                  .collect(Collectors.joining(" or ")));
    }
  }

  private static OneofDescriptor architectures() {
    return ModelConfig.getDescriptor().getOneofs().get(0);
  }
}
