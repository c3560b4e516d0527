package org.pixelrnn;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** The rooms of this module. */
class CliHouseTest {
  private static final JavaClasses HOUSE = House.onClassPath();

  @Test
  void roomsFollowTheArrows() {
    House.checkRooms(HOUSE, "cli", "plot");
  }

  @Test
  void namesSayWhatTypesAre() {
    House.checkNames(HOUSE);
  }
}
