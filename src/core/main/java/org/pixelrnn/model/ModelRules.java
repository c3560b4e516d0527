package org.pixelrnn.model;

import com.google.common.collect.Range;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Set;
import java.util.stream.Collectors;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.ModelConfig.ArchitectureCase;
import org.pixelrnn.proto.v1.MultiScale;

/** The rules that a {@link ModelConfig} must keep before an {@link ImageModel} is built from it. */
public final class ModelRules {
  /** The fields that describe images. The other fields describe one network. */
  private static final Set<String> IMAGE_FIELDS = Set.of("height", "width", "channels", "levels");

  private static final String MULTI_SCALE = "multi_scale";

  private ModelRules() {}

  /**
   * Checks every field.
   *
   * @throws InputException if a field breaks its rule; the message names all such fields
   */
  public static void check(ModelConfig model) {
    Rules rules = new Rules();
    check(model, rules);
    rules.enforce();
  }

  /** Checks every field, and adds the broken rules to {@code rules} without throwing. */
  public static void check(ModelConfig model, Rules rules) {
    // The upper ends are far beyond any trained network. They catch typing errors.
    rules.within("model.height", model.getHeight(), Range.closed(1, 1024));
    rules.within("model.width", model.getWidth(), Range.closed(1, 1024));
    rules.within("model.channels", model.getChannels(), Range.closed(1, 16));
    rules.within("model.levels", model.getLevels(), Range.closed(2, 256));
    long logits =
        (long) model.getHeight() * model.getWidth() * model.getChannels() * model.getLevels();
    if (logits > Integer.MAX_VALUE) {
      rules.broken(
          "model.height · model.width · model.channels · model.levels = " + logits,
          "it must be at most " + Integer.MAX_VALUE);
    }
    if (model.hasMultiScale()) {
      checkScales(model, rules);
    } else {
      checkNetwork("model", model, model.getChannels(), rules);
      checkArchitecture("model", model, true, rules);
    }
  }

  /** Checks the fields of one network of a model; {@code path} is where they are. */
  private static void checkNetwork(String path, ModelConfig network, int channels, Rules rules) {
    rules.within(path + ".h", network.getH(), Range.closed(1, 4096));
    rules.within(path + ".layers", network.getLayers(), Range.closed(1, 256));
    rules.within(path + ".head_width", network.getHeadWidth(), Range.closed(1, 65536));
    rules.divisible(path + ".h", network.getH(), "model.channels", channels);
    rules.divisible(path + ".head_width", network.getHeadWidth(), "model.channels", channels);
  }

  private static void checkArchitecture(
      String path, ModelConfig network, boolean multiScaleToo, Rules rules) {
    String rule =
        ModelConfig.getDescriptor().getOneofs().get(0).getFields().stream()
            .map(FieldDescriptor::getName)
            .filter(name -> multiScaleToo || !name.equals(MULTI_SCALE))
            .map(name -> name + " {}")
            .collect(Collectors.joining(" or ", "it must have ", ""));
    if (network.getArchitectureCase() == ArchitectureCase.ARCHITECTURE_NOT_SET) {
      rules.broken(path + ".architecture is not set", rule);
    } else if (network.hasMultiScale() && !multiScaleToo) {
      rules.broken(path + ".architecture = " + MULTI_SCALE, rule);
    } else if (network.hasPixelCnn()) {
      int kernel = network.getPixelCnn().getKernel();
      rules.within(path + ".pixel_cnn.kernel", kernel, Range.closed(3, 15));
      if (kernel % 2 == 0) {
        rules.broken(path + ".pixel_cnn.kernel = " + kernel, "it must be odd, to have a centre");
      }
    }
  }

  private static void checkScales(ModelConfig model, Rules rules) {
    String path = "model." + MULTI_SCALE;
    for (FieldDescriptor field : model.getAllFields().keySet()) {
      if (!IMAGE_FIELDS.contains(field.getName()) && !field.getName().equals(MULTI_SCALE)) {
        rules.broken(
            "model." + field.getName() + " = " + model.getField(field),
            "with " + MULTI_SCALE + " it must be set in " + path + ".small and " + path + ".full");
      }
    }
    MultiScale scales = model.getMultiScale();
    int factor = scales.getFactor();
    if (factor < 2 || Integer.bitCount(factor) != 1) {
      int below = Math.max(2, Integer.highestOneBit(Math.max(1, factor)));
      rules.broken(
          path + ".factor = " + factor,
          "it must be a power of two and at least 2: nearest "
              + (factor < 2 ? "is 2" : "are " + below + " and " + 2L * below));
    } else {
      rules.divisible("model.height", model.getHeight(), path + ".factor", factor);
      rules.divisible("model.width", model.getWidth(), path + ".factor", factor);
    }
    checkScale(path + ".small", scales.getSmall(), model, rules);
    checkScale(path + ".full", scales.getFull(), model, rules);
    rules.within(
        path + ".upsampling.features", scales.getUpsampling().getFeatures(), Range.closed(1, 4096));
    if (scales.getReduction() == MultiScale.Reduction.BOX && !scales.getDrawEveryPixel()) {
      rules.broken(
          path + ".reduction = BOX",
          "the mean of a cell is not one of its pixels: it must have "
              + path
              + ".draw_every_pixel = true");
    }
  }

  private static void checkScale(String path, ModelConfig network, ModelConfig model, Rules rules) {
    for (FieldDescriptor field : network.getAllFields().keySet()) {
      if (IMAGE_FIELDS.contains(field.getName())) {
        rules.broken(
            path + "." + field.getName() + " = " + network.getField(field),
            "it must not be set, as it follows from model." + field.getName());
      }
    }
    checkNetwork(path, network, model.getChannels(), rules);
    checkArchitecture(path, network, false, rules);
  }
}
