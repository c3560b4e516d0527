package org.pixelrnn.train;

import java.nio.file.Path;
import org.pixelrnn.image.InputException;

/** A new run was to begin in a folder that has one already. */
public final class RunExistsException extends InputException {
  RunExistsException(Path directory) {
    super(directory + ": there is a run already; expected a folder without one");
  }
}
