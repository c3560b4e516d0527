package org.pixelrnn.sampler;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;

/**
 * The rows of one request in a {@link RowBatch}, from top to bottom. {@link RowBatch#next} samples
 * the next one. The images are those that the request gets alone.
 */
public final class BatchedRows {
  private final SampleRequest request;
  private final ImageShape shape;
  private final KnownPixels known;
  private final UniformNoise noise;

  /** The images so far, {@code [n, height, width, channels]}. */
  private final byte[] sampled;

  private volatile boolean left;
  private int row = -1;
  private byte[] levels;

  BatchedRows(SampleRequest request, ImageShape shape, UniformNoise noise) {
    this.request = request;
    this.shape = shape;
    this.noise = noise;
    known = request.known().orElseGet(() -> KnownPixels.none(shape, request.count()));
    sampled = new byte[Math.multiplyExact(request.count(), shape.dimensions())];
  }

  /** The number of images. */
  public int count() {
    return request.count();
  }

  /** True if a row was sampled. */
  public boolean hasRow() {
    return row >= 0;
  }

  /**
   * The number of the row that was sampled last, from 0 at the top.
   *
   * @throws IllegalStateException if no row was sampled yet
   */
  public int row() {
    requireRow();
    return row;
  }

  /**
   * The levels of the row that was sampled last, {@code [n, width, channels]}. The caller may keep
   * and change the array.
   *
   * @throws IllegalStateException if no row was sampled yet
   */
  public byte[] levels() {
    requireRow();
    return levels;
  }

  /** Copies the images as they are so far. Rows that were not sampled yet hold level 0. */
  public Images images() {
    return Images.of(shape, sampled.clone());
  }

  /** True if the last row was sampled. */
  public boolean isDone() {
    return row + 1 == shape.height();
  }

  /**
   * Leaves the batch before the last row. A row that is under way is still sampled; then there is
   * no further one. Any thread may call this.
   */
  public void leave() {
    left = true;
  }

  /** True if no further row is to be sampled. */
  boolean isOver() {
    return left || isDone();
  }

  /** The request. */
  SampleRequest request() {
    return request;
  }

  /** The images with known pixels. */
  KnownPixels known() {
    return known;
  }

  /** The random numbers of the request. */
  UniformNoise noise() {
    return noise;
  }

  /** The number of the next row. */
  int next() {
    return row + 1;
  }

  /** Takes in the next row, which is a part of the levels of a batch. */
  void take(byte[] batch, int from) {
    int size = shape.width() * shape.channels();
    byte[] mine = new byte[count() * size];
    System.arraycopy(batch, from, mine, 0, mine.length);
    row++;
    levels = mine;
    for (int i = 0; i < count(); i++) {
      System.arraycopy(mine, i * size, sampled, (i * shape.height() + row) * size, size);
    }
  }

  private void requireRow() {
    if (row < 0) {
      throw new IllegalStateException("no row yet; call the batch's next() first");
    }
  }
}
