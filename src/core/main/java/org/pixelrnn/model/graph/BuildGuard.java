package org.pixelrnn.model.graph;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Frees the native objects that a constructor has made so far if the constructor fails. Otherwise
 * nobody could: the caller gets no object to close.
 *
 * <pre>{@code
 * try (BuildGuard guard = new BuildGuard()) {
 *   graph = guard.made(new Graph());
 *   session = guard.made(new Session(graph));
 *   session.initialize();
 *   guard.allBuilt();
 * }
 * }</pre>
 */
public final class BuildGuard implements AutoCloseable {
  private final Deque<AutoCloseable> made = new ArrayDeque<>();

  /** Remembers an object, and returns it. */
  public <T extends AutoCloseable> T made(T object) {
    made.push(object);
    return object;
  }

  /** Everything is built, and the constructor's own object closes it from now on. */
  public void allBuilt() {
    made.clear();
  }

  /** Frees the objects in the reverse order, unless all was built. */
  @Override
  public void close() {
    while (!made.isEmpty()) {
      try {
        made.pop().close();
      } catch (Exception e) {
        // The exception that made the constructor fail says more.
      }
    }
  }
}
