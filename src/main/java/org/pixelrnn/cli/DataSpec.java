package org.pixelrnn.cli;

/** What {@code --data} takes, as the help says it. */
final class DataSpec {
  static final String DESCRIPTION = "Images: strokes, strokes-rgb or mnist:DIR.";

  private DataSpec() {}
}
