package org.pixelrnn;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** Checks the rooms of this module against {@link House}. */
class CoreHouseTest {
  private static final JavaClasses HOUSE = House.onClassPath();

  @Test
  void roomsFollowTheArrows() {
    House.checkRooms(
        HOUSE,
        "data",
        "evaluate",
        "model",
        "model.graph",
        "model.scan",
        "model.layer",
        "model.sampling",
        "export",
        "train.workers",
        "train");
  }

  @Test
  void namesSayWhatTypesAre() {
    House.checkNames(HOUSE);
  }
}
