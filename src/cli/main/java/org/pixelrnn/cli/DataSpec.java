package org.pixelrnn.cli;

/** The help text of {@code --data}. */
final class DataSpec {
  static final String DESCRIPTION =
      "Images: strokes, strokes-rgb, mnist:DIR, cifar10:DIR, folder:DIR (PNG, JPEG, TIFF and others)"
          + " or tfrecord:GLOB.";

  private DataSpec() {}
}
