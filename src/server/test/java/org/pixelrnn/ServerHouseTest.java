package org.pixelrnn;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** The rooms of this module. */
class ServerHouseTest {
  private static final JavaClasses HOUSE = House.onClassPath();

  @Test
  void roomsFollowTheArrows() {
    House.checkRooms(HOUSE, "server", "proto.service.v1", "proto.service.serving");
  }

  @Test
  void namesSayWhatTypesAre() {
    House.checkNames(HOUSE);
  }
}
