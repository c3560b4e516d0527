package org.pixelrnn.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data, where it is: in {@code $PIXELRNN_DATA}, or {@code ../shared/data}. */
public final class RealData {
  private RealData() {}

  /** The folder of MNIST's files. */
  public static Path mnist() {
    return folder("mnist");
  }

  /** Whether MNIST is here, for {@code @EnabledIf}. */
  public static boolean hasMnist() {
    return Files.isDirectory(mnist());
  }

  private static Path folder(String name) {
    String data = System.getenv("PIXELRNN_DATA");
    return Path.of(data == null ? "../shared/data" : data, name);
  }
}
