package org.pixelrnn.sampler;

import java.util.HashMap;
import java.util.Map;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Images drawn by {@code start} and then {@code next_row} for each row, the state going round from
 * one call to the next without being copied.
 */
final class RowByRow {
  private final ServedModel model;
  private final ImageShape shape;
  private final RowListener listener;

  RowByRow(ServedModel model, RowListener listener) {
    this.model = model;
    this.shape = model.shape();
    this.listener = listener;
  }

  /**
   * Draws all rows.
   *
   * @param given what {@code start} takes
   * @param images whose known pixels come back unchanged
   * @param known {@code [n, height, width]}
   */
  Images draw(
      Map<String, Tensor> given, Images images, boolean[] known, long seed, float temperature) {
    int rowSize = shape.width() * shape.channels();
    int n = images.count();
    byte[] all = new byte[n * shape.dimensions()];
    Result state = model.call("start", given);
    try (TInt64 s = TInt64.scalarOf(seed);
        TFloat32 t = TFloat32.scalarOf(temperature)) {
      for (int row = 0; row < shape.height(); row++) {
        byte[] knownValues = new byte[n * rowSize];
        boolean[] knownPixels = new boolean[n * shape.width()];
        for (int i = 0; i < n; i++) {
          int at = i * shape.height() + row;
          System.arraycopy(images.levels(), at * rowSize, knownValues, i * rowSize, rowSize);
          System.arraycopy(
              known, at * shape.width(), knownPixels, i * shape.width(), shape.width());
        }
        Result drawn;
        try (TInt32 r = TInt32.scalarOf(row);
            TUint8 v = LevelTensors.of(knownValues, Shape.of(n, shape.width(), shape.channels()));
            TBool k = LevelTensors.of(knownPixels, n, shape.width())) {
          Map<String, Tensor> inputs = new HashMap<>();
          state.forEach(tensor -> inputs.put(tensor.getKey(), tensor.getValue()));
          inputs.keySet().removeIf(name -> !name.startsWith("state_"));
          inputs.putAll(
              Map.of("row", r, "known_values", v, "known", k, "seed", s, "temperature", t));
          drawn = model.call("next_row", inputs);
        }
        // The tensors of the state stay where they are, from one call to the next.
        state.close();
        state = drawn;
        byte[] levels = LevelTensors.levels(drawn, "values");
        for (int i = 0; i < n; i++) {
          System.arraycopy(levels, i * rowSize, all, (i * shape.height() + row) * rowSize, rowSize);
        }
        listener.row(row, levels);
      }
    } finally {
      state.close();
    }
    return Images.of(shape, all);
  }
}
