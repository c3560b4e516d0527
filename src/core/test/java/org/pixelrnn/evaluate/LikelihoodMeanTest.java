package org.pixelrnn.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Likelihood;

class LikelihoodMeanTest {

  @Test
  void meanBitsAndStandardErrorOverAllBatches() {
    LikelihoodMean mean = LikelihoodMean.of(new ImageShape(1, 2, 1, 2));
    mean.add(new float[] {-1, -2});
    mean.add(new float[] {-6});
    Likelihood measured = mean.likelihood();
    assertEquals(3, measured.getImages());
    assertEquals(3, measured.getNatsPerImage(), 1e-12);
    assertEquals(3 / (2 * Math.log(2)), measured.getBitsPerDim(), 1e-12);
    // Deviations -2, -1, 3: variance 14 / 2, over 3 images.
    assertEquals(Math.sqrt(7.0 / 3), measured.getStandardErrorNats(), 1e-12);
    assertEquals(0, measured.getBitsPerDimPerChannelCount());
  }

  @Test
  void theMeanOfTheChannelsIsThatOfTheImage() {
    LikelihoodMean mean = LikelihoodMean.byChannel(new ImageShape(1, 2, 3, 2));
    mean.add(new float[] {-1, 0, -4, -3, -0.5f, -2});
    mean.add(new float[] {-2, -1, -3});
    Likelihood measured = mean.likelihood();
    assertEquals(3, measured.getImages());
    assertEquals(16.5 / 3, measured.getNatsPerImage(), 1e-12);
    assertEquals(16.5 / 3 / (6 * Math.log(2)), measured.getBitsPerDim(), 1e-12);
    double[] nats = {6, 1.5, 9};
    for (int channel = 0; channel < 3; channel++) {
      assertEquals(
          nats[channel] / 3 / (2 * Math.log(2)), measured.getBitsPerDimPerChannel(channel), 1e-12);
    }
  }

  @Test
  void oneImageHasNoStandardError() {
    LikelihoodMean mean = LikelihoodMean.of(new ImageShape(1, 2, 1, 2));
    assertThrows(IllegalStateException.class, mean::likelihood);
    mean.add(new float[] {-1});
    assertEquals(0, mean.likelihood().getStandardErrorNats());
  }
}
