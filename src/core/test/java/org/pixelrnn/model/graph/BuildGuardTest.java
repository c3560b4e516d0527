package org.pixelrnn.model.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildGuardTest {
  private final List<String> freed = new ArrayList<>();

  /** Makes two objects, and fails before the third. */
  private final class Failing {
    Failing() {
      try (BuildGuard guard = new BuildGuard()) {
        guard.made(() -> freed.add("first"));
        guard.made(
            () -> {
              freed.add("second");
              throw new IllegalStateException("cannot be closed");
            });
        throw new IllegalArgumentException("third");
      }
    }
  }

  @Test
  void aConstructorThatFailsFreesWhatItHasMadeInTheReverseOrder() {
    assertEquals("third", assertThrows(IllegalArgumentException.class, Failing::new).getMessage());
    assertEquals(List.of("second", "first"), freed);
  }

  @Test
  void onceAllIsBuiltNothingIsFreed() {
    try (BuildGuard guard = new BuildGuard()) {
      guard.made(() -> freed.add("first"));
      guard.allBuilt();
    }
    assertEquals(List.of(), freed);
  }
}
