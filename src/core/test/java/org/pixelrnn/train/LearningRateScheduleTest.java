package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.pixelrnn.proto.v1.Cosine;
import org.pixelrnn.proto.v1.Exponential;
import org.pixelrnn.proto.v1.LearningRate;

class LearningRateScheduleTest {
  private static final LearningRate.Builder RATE =
      LearningRate.newBuilder().setInitial(0.4).setWarmupSteps(4);

  @Test
  void warmsUpAndStays() {
    LearningRateSchedule schedule = new LearningRateSchedule(RATE.clone().build(), 100);
    assertEquals(0.1, schedule.at(0), 1e-12);
    assertEquals(0.3, schedule.at(2), 1e-12);
    assertEquals(0.4, schedule.at(3), 1e-12);
    assertEquals(0.4, schedule.at(99), 1e-12);
  }

  @Test
  void decaysExponentially() {
    LearningRateSchedule schedule =
        new LearningRateSchedule(
            RATE.clone()
                .setExponential(Exponential.newBuilder().setFactor(0.25).setEverySteps(20))
                .build(),
            100);
    assertEquals(0.2, schedule.at(10), 1e-12);
    assertEquals(0.1, schedule.at(20), 1e-12);
    assertEquals(0.025, schedule.at(40), 1e-12);
  }

  @Test
  void followsHalfACosineToItsFinalShare() {
    LearningRateSchedule schedule =
        new LearningRateSchedule(
            RATE.clone().setCosine(Cosine.newBuilder().setFinalShare(0.1)).build(), 100);
    assertEquals(0.4 * 0.55, schedule.at(50), 1e-12);
    assertEquals(0.04, schedule.at(100), 1e-12);
    assertEquals(0.04, schedule.at(150), 1e-12);
  }
}
