package org.pixelrnn.model.scan;

/**
 * The image over which the right-to-left recurrence of a Diagonal BiLSTM runs: each row is in
 * reverse order, and the last row is left out. The recurrence itself then runs from left to right.
 * Its result at a pixel is added to the pixel below, because the result contains pixels right of
 * its own, which are later pixels (section 3.2). In an image of 3×4 pixels:
 *
 * <pre>
 *      image              mirror image         where results are added
 *    a   b   c   d        d   c   b   a        initial state
 *    e   f   g   h        h   g   f   e        a   b   c   d
 *    i   j   k   l        (left out)           e   f   g   h
 * </pre>
 *
 * <p>The last row is left out because no row below it would take its results. An image of a single
 * row keeps it: the weights of the recurrence must have a gradient. Both images are in the order of
 * their own {@link Diagonals}.
 *
 * @param image the diagonals of the image
 */
record MirrorImage(Diagonals image) {

  /** The diagonals of the mirror image. */
  Diagonals diagonals() {
    return new Diagonals(Math.max(1, image.height() - 1), image.width());
  }

  /**
   * The position in the mirror image of each pixel of the image. The pixels of a row that is left
   * out have the positions after the last one. Above: {@code d → 0, c → 1, h → 2, …, i → 8}.
   */
  int[] places() {
    Diagonals mirrored = diagonals();
    return image.inOrder((r, q) -> r < mirrored.height() ? place(r, q) : mirrored.pixels() + q);
  }

  /** The inverse of {@link #places}: the position in the image of each of those positions. */
  int[] placesInImage() {
    int[] inImage = new int[image.pixels()];
    int[] places = places();
    for (int pixel = 0; pixel < places.length; pixel++) {
      inImage[places[pixel]] = pixel;
    }
    return inImage;
  }

  /**
   * For each pixel of the image, 1 + the position in the mirror image of the pixel above it; 0 in
   * the first row. This indexes a map in which one pixel outside the image comes first.
   */
  int[] placesOfPixelsAbove() {
    return image.inOrder((r, q) -> r == 0 ? 0 : 1 + place(r - 1, q));
  }

  /**
   * For each pixel of the image, the position in the mirror image of the pixel above it. The pixels
   * of the first row have the positions after the last one.
   */
  int[] placesOfPixelsAboveThenOutside() {
    int inside = image.pixels() - image.width();
    return image.inOrder((r, q) -> r == 0 ? inside + q : place(r - 1, q));
  }

  private int place(int row, int column) {
    return diagonals().position(row, image.width() - 1 - column);
  }
}
