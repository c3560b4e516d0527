package org.pixelrnn.model.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Floats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pixelrnn.model.graph.BuildGuard;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.model.graph.Computation.Execution;
import org.pixelrnn.model.graph.DifferentiableFunction;
import org.pixelrnn.model.graph.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * Compares the scans with {@link ExactRecurrence}: their values, and their adjoints with its
 * central differences, executed in every way. The scans compute in float32, and the differences are
 * in double precision. So the tolerance, 2e-5, covers nothing but the rounding of float32.
 */
class ScanTest {
  private static final int IN = 4;
  private static final int H = 3;
  private static final double TOLERANCE = 2e-5;

  static Stream<Arguments> shapes() {
    Stream.Builder<Arguments> shapes = Stream.builder();
    for (int[] shape : new int[][] {{1, 1}, {1, 5}, {5, 1}, {3, 4}, {4, 3}}) {
      for (int batch : new int[] {1, 3}) {
        shapes.add(Arguments.of(shape[0], shape[1], batch, Execution.BY_OPERATION));
      }
    }
    shapes.add(Arguments.of(3, 4, 1, Execution.PORTABLE));
    shapes.add(Arguments.of(4, 3, 3, Execution.PORTABLE));
    // XLA takes seconds to compile each of these.
    shapes.add(Arguments.of(1, 1, 3, Execution.COMPILED));
    shapes.add(Arguments.of(3, 4, 1, Execution.COMPILED));
    shapes.add(Arguments.of(4, 3, 3, Execution.COMPILED));
    return shapes.build();
  }

  static Stream<Arguments> shapesInPieces() {
    return shapes()
        .flatMap(
            arguments -> {
              Object[] shape = arguments.get();
              int mostPieces = (int) shape[0] + (int) shape[1] > 2 ? 2 : 1;
              return IntStream.rangeClosed(1, mostPieces)
                  .mapToObj(pieces -> Arguments.of(shape[0], shape[1], shape[2], shape[3], pieces));
            });
  }

  @ParameterizedTest
  @MethodSource("shapesInPieces")
  void diagonal(int height, int width, int batch, Execution execution, int pieces) {
    DiagonalScan scan =
        DiagonalScan.of(height, width, pieces, IN, H, true)
            .computed(new Computation(Precision.FLOAT32, execution));
    ExactRecurrence exact = new ExactRecurrence(height, width, batch, IN, H);
    check(scan, batch, inputs -> exact.diagonal(scan.order(), joined(inputs, pieces)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void row(int height, int width, int batch, Execution execution) {
    ExactRecurrence exact = new ExactRecurrence(height, width, batch, IN, H);
    check(
        RowScan.of(height, width, IN, H, true)
            .computed(new Computation(Precision.FLOAT32, execution)),
        batch,
        inputs -> {
          // The scan ignores the right tap of the kernel, because it is masked.
          double[] kernel = inputs.get(1).clone();
          Arrays.fill(kernel, 2 * IN * 4 * H, kernel.length, 0);
          List<double[]> masked = new ArrayList<>(inputs);
          masked.set(1, kernel);
          return exact.row(masked);
        });
  }

  private static void check(Scan scan, int batch, Function<List<double[]>, double[]> exact) {
    Random random = new Random(17);
    List<long[]> shapes = new ArrayList<>();
    List<double[]> inputs = new ArrayList<>();
    scan.inputShapes()
        .forEach(
            shape -> {
              long[] sizes = shape.asArray();
              for (int i = 0; i < sizes.length; i++) {
                sizes[i] = sizes[i] < 0 ? batch : sizes[i];
              }
              shapes.add(sizes);
              inputs.add(random.doubles(product(sizes), -0.8, 0.8).map(v -> (float) v).toArray());
            });
    double[] y = exact.apply(inputs);
    double[] dy = random.doubles(y.length, -1, 1).map(v -> (float) v).toArray();

    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      // Fed, because TensorFlow would compute a scan of constants while it optimizes the graph.
      List<Operand<TFloating>> operands = new ArrayList<>();
      for (long[] shape : shapes) {
        operands.add(
            Precision.floating(tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)))));
      }
      DifferentiableFunction.Result result = scan.apply(tf, operands);
      List<Operand<TFloating>> dys = new ArrayList<>();
      int from = 0;
      for (int pixels : scan.pieces()) {
        int to = from + pixels * batch * H;
        long[] shape = {pixels, batch, H};
        dys.add(constant(tf, Arrays.copyOfRange(dy, from, to), shape));
        from = to;
      }
      List<Operand<TFloating>> gradients = scan.gradients(tf, operands, result, dys);
      try (Session session = new Session(graph);
          BuildGuard fed = new BuildGuard()) {
        Session.Runner runner = session.runner();
        for (int i = 0; i < inputs.size(); i++) {
          runner.feed(operands.get(i), fed.made(tensor(inputs.get(i), shapes.get(i))));
        }
        result.outputs().forEach(runner::fetch);
        gradients.forEach(runner::fetch);
        try (Result found = runner.run()) {
          int pieces = result.outputs().size();
          float[][] yPieces = new float[pieces][];
          Arrays.setAll(yPieces, piece -> values(found, piece));
          assertClose(y, Floats.concat(yPieces), "y");
          for (int i = 0; i < inputs.size(); i++) {
            assertClose(
                differences(exact, inputs, i, dy),
                values(found, pieces + i),
                "gradient of input " + i);
          }
        }
      }
    }
  }

  /** The inputs with the pieces of x joined into one. */
  private static List<double[]> joined(List<double[]> inputs, int pieces) {
    List<double[]> joined = new ArrayList<>();
    joined.add(Doubles.concat(inputs.subList(0, pieces).toArray(double[][]::new)));
    joined.addAll(inputs.subList(pieces, inputs.size()));
    return joined;
  }

  /** The gradient of Σ dy·y with respect to one input, by central differences. */
  private static double[] differences(
      Function<List<double[]>, double[]> exact, List<double[]> inputs, int input, double[] dy) {
    double step = 1e-5;
    double[] gradient = new double[inputs.get(input).length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] =
          (loss(exact, inputs, input, i, step, dy) - loss(exact, inputs, input, i, -step, dy))
              / (2 * step);
    }
    return gradient;
  }

  private static double loss(
      Function<List<double[]>, double[]> exact,
      List<double[]> inputs,
      int input,
      int i,
      double step,
      double[] dy) {
    List<double[]> moved = new ArrayList<>(inputs);
    double[] values = inputs.get(input).clone();
    values[i] += step;
    moved.set(input, values);
    double[] y = exact.apply(moved);
    double sum = 0;
    for (int j = 0; j < y.length; j++) {
      sum += y[j] * dy[j];
    }
    return sum;
  }

  private static void assertClose(double[] expected, float[] found, String name) {
    assertEquals(expected.length, found.length, name);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], found[i], TOLERANCE * (1 + Math.abs(expected[i])), name + " at " + i);
    }
  }

  private static Operand<TFloating> constant(Ops tf, double[] values, long[] shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Precision.floating(tf.reshape(tf.constant(floats), tf.constant(shape)));
  }

  private static TFloat32 tensor(double[] values, long[] shape) {
    return TFloat32.tensorOf(
        Shape.of(shape), DataBuffers.of(Floats.toArray(Doubles.asList(values))));
  }

  private static float[] values(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static int product(long[] sizes) {
    int product = 1;
    for (long size : sizes) {
      product *= (int) size;
    }
    return product;
  }
}
