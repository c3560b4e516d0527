package org.pixelrnn.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folders of real data sets, in {@code $PIXELRNN_DATA} or {@code ../shared/data}. */
public final class RealData {
  private RealData() {}

  /** The folder of MNIST's files. */
  public static Path mnist() {
    return folder("mnist");
  }

  /** True if MNIST is there; for {@code @EnabledIf}. */
  public static boolean hasMnist() {
    return Files.isDirectory(mnist());
  }

  /** The folder of CIFAR-10's binary files. Some of them may be missing. */
  public static Path cifar10() {
    return folder("cifar-10-batches-bin");
  }

  /** True if CIFAR-10 is there; for {@code @EnabledIf}. */
  public static boolean hasCifar10() {
    return Files.isDirectory(cifar10());
  }

  /** The folder of 110,000 natural images of 32×32 as gzipped TFRecords. */
  public static Path tinyImagenet() {
    return folder("tiny-imagenet-32");
  }

  private static Path folder(String name) {
    String data = System.getenv("PIXELRNN_DATA");
    return Path.of(data == null ? "../shared/data" : data, name);
  }
}
