package org.pixelrnn.sampler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pixelrnn.image.ImageShape;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Requests whose states lie in the same tensors, one after another:
 *
 * <pre>
 *   state_*   ┌──────────┬────┬───────────────┐
 *             │ A0 A1 A2 │ B0 │ C0 C1 C2 C3   │   request and image
 *             └──────────┴────┴───────────────┘
 * </pre>
 *
 * <p>As long as the same requests are sampled together, the model takes their state without a copy.
 * The state is native memory: close this after use.
 */
final class RowGroup implements AutoCloseable {
  private final List<BatchedRows> members;
  private BatchState state;

  private RowGroup(List<BatchedRows> members, BatchState state) {
    this.members = members;
    this.state = state;
  }

  /** A group of one request that has no row yet. The group owns the state from now on. */
  static RowGroup of(BatchedRows rows, BatchState start) {
    return new RowGroup(List.of(rows), start);
  }

  /**
   * Copies the states of some requests into a new group.
   *
   * @param wanted the requests, at least one
   * @param groups the groups that they are in; they are left as they are
   */
  static RowGroup of(Set<BatchedRows> wanted, List<RowGroup> groups) {
    List<BatchedRows> members = new ArrayList<>();
    List<BatchState.Part> parts = new ArrayList<>();
    for (RowGroup group : groups) {
      int first = 0;
      for (BatchedRows rows : group.members) {
        if (wanted.contains(rows)) {
          members.add(rows);
          parts.add(new BatchState.Part(group.state, first, rows.count()));
        }
        first += rows.count();
      }
    }
    return new RowGroup(List.copyOf(members), BatchState.joined(parts));
  }

  /** The requests in the order of their images in the state. */
  List<BatchedRows> members() {
    return members;
  }

  /** The requests that have a row to be sampled. */
  Set<BatchedRows> live() {
    Set<BatchedRows> live = new HashSet<>(members);
    live.removeIf(BatchedRows::isOver);
    return live;
  }

  /**
   * Samples the next row of every request. If the model fails, all rows and states are as before.
   *
   * @throws org.pixelrnn.image.InputException as {@link LoadedModel#call} does
   */
  void sampleRow(LoadedModel model) {
    int images = Math.toIntExact(members.stream().mapToLong(BatchedRows::count).sum());
    int size = model.shape().width() * model.shape().channels();
    SignatureOutputs output = call(model, images, size);
    byte[] levels = null;
    try {
      levels =
          model.guarded(
              "next_row_with_noise", () -> LevelTensors.levels(output, "values", images * size));
    } finally {
      if (levels == null) {
        output.close();
      }
    }
    state.close();
    state = BatchState.of(output);
    int from = 0;
    for (BatchedRows rows : members) {
      rows.take(levels, from);
      from += rows.count() * size;
    }
  }

  private SignatureOutputs call(LoadedModel model, int images, int size) {
    ImageShape shape = model.shape();
    int width = shape.width();
    int[] rows = new int[images];
    float[] temperatures = new float[images];
    byte[] levels = new byte[images * size];
    boolean[] known = new boolean[images * width];
    float[] noise = new float[Math.multiplyExact(images, size * shape.levels())];
    int image = 0;
    for (BatchedRows member : members) {
      byte[] levelsOfMember = member.known().levelsOfRow(member.next());
      System.arraycopy(levelsOfMember, 0, levels, image * size, levelsOfMember.length);
      boolean[] mask = member.known().maskOfRow(member.next());
      System.arraycopy(mask, 0, known, image * width, mask.length);
      for (int i = 0; i < member.count(); i++, image++) {
        rows[image] = member.next();
        temperatures[image] = member.request().temperature();
        member.noise().row(i, member.next(), noise, image * size * shape.levels());
      }
    }
    try (TInt32 r = TInt32.tensorOf(Shape.of(images), DataBuffers.of(rows));
        TUint8 v = LevelTensors.of(levels, Shape.of(images, width, shape.channels()));
        TBool k = LevelTensors.of(known, images, width);
        TFloat32 u =
            TFloat32.tensorOf(
                Shape.of(images, width, shape.channels(), shape.levels()), DataBuffers.of(noise));
        TFloat32 t = TFloat32.tensorOf(Shape.of(images), DataBuffers.of(temperatures))) {
      Map<String, Tensor> inputs = new HashMap<>(state.tensors());
      inputs.putAll(Map.of("row", r, "known_values", v, "known", k, "noise", u, "temperature", t));
      return model.callSampling("next_row_with_noise", inputs, images);
    }
  }

  @Override
  public void close() {
    state.close();
  }
}
