package org.pixelrnn.sampler;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * The rows of sampled images, from top to bottom. The caller sets the pace: each {@link #next}
 * samples one row of all images, and nothing happens between two calls.
 *
 * <pre>{@code
 * try (RowStream rows = sampler.rows(SampleRequest.of(16, seed))) {
 *   while (rows.next()) {
 *     show(rows.row(), rows.levels());
 *   }
 * }
 * }</pre>
 *
 * <p>Only one thread at a time uses a stream, except for {@link #close}: any thread may call it at
 * any time.
 */
public final class RowStream implements AutoCloseable {
  private final LoadedModel model;
  private final SampleRequest request;
  private final KnownPixels known;

  /** The images so far, {@code [n, height, width, channels]}. */
  private final byte[] sampled;

  private int row = -1;
  private byte[] levels;

  /**
   * What the last call of the model returned: the state after {@link #row}. Null if there is none.
   */
  private SignatureOutputs state;

  // The fields below are guarded by this object's lock. While `busy` is true, `state` belongs to
  // the thread in next(); otherwise to any thread that holds the lock.
  private boolean busy;
  private boolean closed;

  /**
   * Makes a stream without calling the model.
   *
   * @param request a request that this model can answer
   */
  RowStream(LoadedModel model, SampleRequest request) {
    this.model = model;
    this.request = request;
    known = request.known().orElseGet(() -> KnownPixels.none(model.shape(), request.count()));
    sampled = new byte[Math.multiplyExact(request.count(), model.shape().dimensions())];
  }

  /** The shape of each image. */
  public ImageShape shape() {
    return model.shape();
  }

  /** The number of images. */
  public int count() {
    return request.count();
  }

  /**
   * Samples the next row. The first call of a stream also samples the small images of a multi-scale
   * model, unless the request gives them. If the model fails, the stream is closed.
   *
   * @return true if a row was sampled; false if there is no further row, or if the stream was
   *     closed before the row was complete
   * @throws IllegalStateException if another thread is in this method, or if the sampler was closed
   *     before the last row
   */
  public boolean next() {
    if (!begin()) {
      return false;
    }
    boolean found = false;
    try {
      found = model.during(this::sampleRow);
    } finally {
      end(found);
    }
    return found;
  }

  /**
   * The number of the row that {@link #next} sampled last, from 0 at the top.
   *
   * @throws IllegalStateException if no row was sampled yet
   */
  public int row() {
    requireRow();
    return row;
  }

  /**
   * The levels of the row that {@link #next} sampled last, {@code [n, width, channels]}. The caller
   * may keep and change the array.
   *
   * @throws IllegalStateException if no row was sampled yet
   */
  public byte[] levels() {
    requireRow();
    return levels;
  }

  /** Copies the images as they are so far. Rows that were not sampled yet hold level 0. */
  public Images images() {
    return Images.of(shape(), sampled.clone());
  }

  /**
   * Ends the stream and frees its state. It never waits: if another thread is in {@link #next},
   * that call returns false as soon as the model has finished the present row (or the small images,
   * in the first call), and frees the state then. Calls after the first do nothing.
   */
  @Override
  public synchronized void close() {
    closed = true;
    if (!busy) {
      free();
    }
  }

  /** Frees the state when no row is under way: the model is about to be closed. */
  synchronized void modelCloses() {
    if (!busy) {
      free();
    }
  }

  /**
   * Samples all rows, tells the listener of each, and closes the stream. This is one call: closing
   * the model waits for the last row.
   */
  static Images sampleAll(LoadedModel model, SampleRequest request, RowListener listener) {
    return model.during(
        () -> {
          try (RowStream rows = new RowStream(model, request)) {
            while (rows.next()) {
              listener.row(rows.row, rows.levels);
            }
            return Images.of(rows.shape(), rows.sampled);
          }
        });
  }

  private synchronized boolean begin() {
    if (busy) {
      throw new IllegalStateException("another thread samples a row of this stream");
    }
    if (!closed) {
      model.requireOpen();
    }
    busy = !closed;
    return busy;
  }

  private synchronized void end(boolean found) {
    busy = false;
    boolean modelClosed = model.isClosed();
    boolean last = row + 1 == shape().height();
    // A stream that its model has cut short says so whenever it is asked for a row.
    closed |= last || (!found && !modelClosed);
    if (closed || modelClosed) {
      free();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void free() {
    if (state != null) {
      state.close();
      state = null;
    }
  }

  private void requireRow() {
    if (row < 0) {
      throw new IllegalStateException("no row yet; call next() first");
    }
  }

  /** Samples a row, or gives up and returns false if the stream was closed. */
  private boolean sampleRow() {
    if (state == null) {
      start();
    }
    if (isClosed()) {
      return false;
    }
    SignatureOutputs output = nextRow(row + 1);
    // The tensors of the new state stay where they are: the next call takes them without a copy.
    free();
    state = output;
    if (isClosed()) {
      return false;
    }
    int size = shape().width() * shape().channels();
    levels = model.guarded("next_row", () -> LevelTensors.levels(output, "values", count() * size));
    row++;
    for (int i = 0; i < count(); i++) {
      System.arraycopy(levels, i * size, sampled, (i * shape().height() + row) * size, size);
    }
    return true;
  }

  /** Asks the model for the state before the first row, unless the stream is closed meanwhile. */
  private void start() {
    Optional<Images> small = model.smallImages(request);
    if (!isClosed()) {
      state = model.start(count(), small);
    }
  }

  private SignatureOutputs nextRow(int next) {
    Shape shape = Shape.of(count(), shape().width(), shape().channels());
    try (TInt32 r = TInt32.scalarOf(next);
        TUint8 v = LevelTensors.of(known.levelsOfRow(next), shape);
        TBool k = LevelTensors.of(known.maskOfRow(next), count(), shape().width());
        TInt64 seed = TInt64.scalarOf(request.seed());
        TFloat32 temperature = TFloat32.scalarOf(request.temperature())) {
      Map<String, Tensor> inputs = new HashMap<>(state.tensors());
      inputs.keySet().removeIf(name -> !name.startsWith("state_"));
      inputs.putAll(
          Map.of(
              "row", r, "known_values", v, "known", k, "seed", seed, "temperature", temperature));
      return model.callSampling("next_row", inputs, count());
    }
  }
}
