package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.proto.v1.Likelihood;

class EvaluatorTest {

  @Test
  void meanBitsAndStandardErrorOverAllBatches() {
    ImageShape shape = new ImageShape(1, 2, 1, 2);
    List<Images> batches = List.of(Images.of(shape, new byte[4]), Images.of(shape, new byte[2]));
    Likelihood measured =
        Evaluator.evaluate(
            batch -> batch.count() == 2 ? new float[] {-1, -2} : new float[] {-6}, shape, batches);
    assertEquals(3, measured.getImages());
    assertEquals(3, measured.getNatsPerImage(), 1e-12);
    assertEquals(3 / (2 * Math.log(2)), measured.getBitsPerDim(), 1e-12);
    // Deviations -2, -1, 3: variance 14 / 2, over 3 images.
    assertEquals(Math.sqrt(7.0 / 3), measured.getStandardErrorNats(), 1e-12);
  }

  @Test
  void channelsHaveAsManyBitsAsAllTogether() {
    ImageShape shape = new ImageShape(1, 2, 3, 2);
    List<Images> batches = List.of(Images.of(shape, new byte[12]), Images.of(shape, new byte[6]));
    Likelihood measured =
        Evaluator.evaluateByChannel(
            batch ->
                batch.count() == 2
                    ? new float[] {-1, 0, -4, -3, -0.5f, -2}
                    : new float[] {-2, -1, -3},
            shape,
            batches);
    assertEquals(3, measured.getImages());
    assertEquals(16.5 / 3, measured.getNatsPerImage(), 1e-12);
    assertEquals(16.5 / 3 / (6 * Math.log(2)), measured.getBitsPerDim(), 1e-12);
    double[] nats = {6, 1.5, 9};
    for (int channel = 0; channel < 3; channel++) {
      assertEquals(
          nats[channel] / 3 / (2 * Math.log(2)), measured.getBitsPerDimPerChannel(channel), 1e-12);
    }
  }
}
