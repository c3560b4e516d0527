package org.pixelrnn.sampler;

import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.image.Images;

/** Every call frees its native memory itself. */
class SamplerMemoryTest {
  private static final int CALLS = 30;
  private static final int BATCH = 3;

  @AutoClose private static final TinyModels MODELS = new TinyModels();

  static Stream<Arguments> calls() {
    return Stream.of("pixelcnn", "multi-scale")
        .flatMap(
            model ->
                Stream.of(
                        "sample",
                        "sample by rows",
                        "complete",
                        "complete by rows",
                        "logProb",
                        "logProbByChannel",
                        "pixelBits",
                        "logits")
                    .map(call -> Arguments.of(model, call)));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aCallLeavesNoNativeObjectBehind(String model, String call) throws InterruptedException {
    Sampler sampler = MODELS.of(model);
    Images images = sampler.sample(BATCH, 1, 1);
    call(sampler, call, images);
    NativeObjects before = NativeObjects.count();
    for (int i = 0; i < CALLS; i++) {
      call(sampler, call, images);
    }
    before.assertNoneIsLeft();
  }

  private static void call(Sampler sampler, String call, Images images) {
    boolean[] known = new boolean[images.shape().pixels()];
    switch (call) {
      case "sample" -> sampler.sample(BATCH, 1, 1);
      case "sample by rows" -> sampler.sample(BATCH, 1, 1, (row, levels) -> {});
      case "complete" -> sampler.complete(images, known, 1, 1);
      case "complete by rows" -> sampler.complete(images, known, 1, 1, (row, levels) -> {});
      case "logProb" -> sampler.logProb(images);
      case "logProbByChannel" -> sampler.logProbByChannel(images);
      case "pixelBits" -> sampler.pixelBits(images);
      default -> sampler.logits(images);
    }
  }
}
