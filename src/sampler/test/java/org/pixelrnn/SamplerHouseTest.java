package org.pixelrnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rooms of this module, and {@link House} itself. */
class SamplerHouseTest {
  private static final JavaClasses HOUSE = House.onClassPath();

  @Test
  void roomsFollowTheArrows() {
    House.checkRooms(HOUSE, "image", "records", "sampler", "proto.v1", "proto.serving");
  }

  @Test
  void namesSayWhatTypesAre() {
    House.checkNames(HOUSE);
  }

  /** The sampler knows signatures, not networks: it runs without the classes of other modules. */
  @ParameterizedTest
  @ValueSource(strings = {"data", "model", "model.graph", "train", "export", "cli"})
  void noRoomOfAnotherModuleIsOnTheClassPath(String room) {
    AssertionError missing =
        assertThrows(AssertionError.class, () -> House.checkRooms(HOUSE, room));
    assertEquals("the room " + room + " is missing or empty", missing.getMessage());
  }

  @Test
  void aRoomThatTheHouseDoesNotHaveIsRefused() {
    AssertionError unknown =
        assertThrows(AssertionError.class, () -> House.checkRooms(HOUSE, "cellar"));
    assertEquals("cellar is not a room of the house", unknown.getMessage());
  }
}
