package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.Images;
import org.pixelrnn.model.TinyNetworks;

/**
 * Every call frees its native memory itself. What it forgot, a garbage collection would free some
 * day, so the process's size tells little; the native objects that are alive are counted instead.
 */
class SamplerMemoryTest {
  private static final int CALLS = 100;
  private static final int BATCH = 3;

  @AutoClose private static final TinySamplers SAMPLERS = new TinySamplers();

  @ParameterizedTest
  @ValueSource(
      strings = {"sample", "sample by rows", "complete", "complete by rows", "logProb", "logits"})
  void aCallLeavesNoNativeObjectBehind(String what) {
    Sampler sampler = SAMPLERS.of(TinyNetworks.all().get(0));
    Images images = sampler.sample(BATCH, 1, 1);
    call(sampler, what, images);
    // What earlier tests left is not to be collected while these calls are counted.
    System.gc();
    long before = Pointer.totalCount();
    for (int i = 0; i < CALLS; i++) {
      call(sampler, what, images);
    }
    long more = Pointer.totalCount() - before;
    // Fewer is well: the last of what earlier tests left.
    assertTrue(more <= 0, more + " native objects more after " + CALLS + " calls");
  }

  private static void call(Sampler sampler, String what, Images images) {
    boolean[] known = new boolean[images.shape().pixels()];
    switch (what) {
      case "sample" -> sampler.sample(BATCH, 1, 1);
      case "sample by rows" -> sampler.sample(BATCH, 1, 1, (row, levels) -> {});
      case "complete" -> sampler.complete(images, known, 1, 1);
      case "complete by rows" -> sampler.complete(images, known, 1, 1, (row, levels) -> {});
      case "logProb" -> sampler.logProb(images);
      default -> sampler.logits(images);
    }
  }
}
