package org.pixelrnn.model.scan;

/**
 * What the recurrence from right to left goes over: the pixels of each row in reverse order. Of the
 * last row it would leave what nobody sees, for it is seen from the row below alone (section 3.2);
 * so that row is left out, unless there is no other: a recurrence has weights, and these have a
 * gradient.
 *
 * @param image that is mirrored
 */
record MirrorImage(Diagonals image) {

  /** The rows that it has. */
  Diagonals diagonals() {
    return new Diagonals(Math.max(1, image.height() - 1), image.width());
  }

  /** Where each pixel of the image is in it; those that it has not come after all others. */
  int[] places() {
    Diagonals mirrored = diagonals();
    return image.inOrder((r, q) -> r < mirrored.height() ? place(r, q) : mirrored.pixels() + q);
  }

  /** Where each of its pixels is in the image; after all these, the pixels that it has not. */
  int[] placesInImage() {
    int[] inImage = new int[image.pixels()];
    int[] places = places();
    for (int pixel = 0; pixel < places.length; pixel++) {
      inImage[places[pixel]] = pixel;
    }
    return inImage;
  }

  /** Where the pixel above each pixel of the image is in it, but 1 further on; 0 if outside. */
  int[] placesOfPixelsAbove() {
    return image.inOrder((r, q) -> r == 0 ? 0 : 1 + place(r - 1, q));
  }

  /**
   * Where the pixel above each pixel of the image is in it, if there is one; after all these, for
   * each pixel of the first row, what is outside.
   */
  int[] placesOfPixelsAboveThenOutside() {
    int inside = image.pixels() - image.width();
    return image.inOrder((r, q) -> r == 0 ? inside + q : place(r - 1, q));
  }

  private int place(int row, int column) {
    return diagonals().position(row, image.width() - 1 - column);
  }
}
