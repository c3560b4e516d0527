package org.pixelrnn.model.scan;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

/**
 * A recurrence over the pixels of a map, unrolled once in a graph function that takes the weights
 * as arguments, and its hand-derived adjoint in a second one: layers of the same shape share both,
 * so that a deep network's graph is little larger than a shallow one's.
 *
 * <p>Maps are {@code [pixels, batch, features]}, pixels in the scan's own {@link #order()}, in one
 * or more {@link #pieces()}; the batch may be of any size.
 */
public abstract sealed class Scan permits DiagonalScan, RowScan {
  // Freed when nothing refers to the scan any more; graphs that call the functions have copies.
  private final Supplier<ConcreteFunction> forward = Suppliers.memoize(this::forwardFunction);
  private final Supplier<ConcreteFunction> adjoint = Suppliers.memoize(this::adjointFunction);
  private final String name;

  /**
   * Names a scan.
   *
   * @param name of the graph functions
   */
  Scan(String name) {
    this.name = name;
  }

  /**
   * The result of a scan.
   *
   * @param y in pieces, {@code [pixels, batch, h]} each
   * @param tape what {@link #gradients} needs
   */
  public record Result(List<Operand<TFloat32>> y, List<Operand<TFloat32>> tape) {}

  /** The pixel (row · width + column) at each position of the maps. */
  public abstract int[] order();

  /** How many pixels, consecutive in the order, each piece of its maps has. */
  public abstract int[] pieces();

  /**
   * Calls the scan.
   *
   * @param inputs x in pieces, {@code [pixels, batch, in]} each, and the weights in order
   */
  public Result apply(Ops tf, List<Operand<TFloat32>> inputs) {
    List<Shape> shapes = outputShapes();
    List<Operand<TFloat32>> results =
        call(tf, forward.get(), inputs, shapes.size() + tapeShapes().size());
    return new Result(
        shaped(tf, results, shapes), List.copyOf(results.subList(shapes.size(), results.size())));
  }

  /**
   * Calls the adjoint.
   *
   * @param inputs those of the scan
   * @param result of the scan
   * @param dy the gradient of y, in its pieces
   * @return the gradient of each input, in order
   */
  public List<Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> inputs, Result result, List<Operand<TFloat32>> dy) {
    List<Operand<TFloat32>> arguments = new ArrayList<>(inputs);
    arguments.addAll(result.tape);
    arguments.addAll(dy);
    List<Shape> shapes = inputShapes();
    return shaped(tf, call(tf, adjoint.get(), arguments, shapes.size()), shapes);
  }

  abstract List<Shape> inputShapes();

  abstract List<Shape> outputShapes();

  abstract List<Shape> tapeShapes();

  /** The operations of the scan. */
  abstract Result forward(Ops tf, List<Operand<TFloat32>> inputs);

  /** The operations of the adjoint: the gradient of each input. */
  abstract List<Operand<TFloat32>> backward(
      Ops tf,
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> tape,
      List<Operand<TFloat32>> dy);

  /** The shapes of a map's pieces. */
  final List<Shape> pieceShapes(int features) {
    return IntStream.of(pieces())
        .mapToObj(pixels -> Shape.of(pixels, Shape.UNKNOWN_SIZE, features))
        .toList();
  }

  private ConcreteFunction forwardFunction() {
    return neverInlined(
        GraphFunction.create(
            name,
            function -> {
              Result result = forward(function.tf(), arguments(function, inputShapes()));
              List<Operand<TFloat32>> all = new ArrayList<>(result.y);
              all.addAll(result.tape);
              return all;
            }));
  }

  private ConcreteFunction adjointFunction() {
    return neverInlined(
        GraphFunction.create(
            name + "_adjoint",
            function -> {
              List<Operand<TFloat32>> inputs = arguments(function, inputShapes());
              List<Operand<TFloat32>> tape = arguments(function, tapeShapes());
              List<Operand<TFloat32>> dy = arguments(function, outputShapes());
              return backward(function.tf(), inputs, tape, dy);
            }));
  }

  private static List<Operand<TFloat32>> arguments(GraphFunction function, List<Shape> shapes) {
    List<Operand<TFloat32>> arguments = new ArrayList<>();
    for (Shape shape : shapes) {
      arguments.add(function.argument(TFloat32.class, shape.asArray()));
    }
    return List.copyOf(arguments);
  }

  /**
   * The same function, marked so that no optimizer, TensorFlow's or a server's, dissolves it into
   * its callers: that would undo the sharing, and optimizing what results takes minutes.
   */
  private static ConcreteFunction neverInlined(ConcreteFunction function) {
    try (function;
        Graph holder = new Graph();
        Graph marked = new Graph()) {
      holder.attachFunction(function);
      GraphDef.Builder graph = holder.toGraphDef().toBuilder();
      for (FunctionDef.Builder definition : graph.getLibraryBuilder().getFunctionBuilderList()) {
        definition.putAttr("_noinline", AttrValue.newBuilder().setB(true).build());
      }
      marked.importGraphDef(graph.build());
      return marked.getFunctions().get(0);
    }
  }

  private static List<Operand<TFloat32>> call(
      Ops tf, ConcreteFunction function, List<Operand<TFloat32>> arguments, int results) {
    return PartitionedCall.create(
            tf.scope(),
            new ArrayList<>(arguments),
            Collections.nCopies(results, TFloat32.class),
            function)
        .output()
        .stream()
        .<Operand<TFloat32>>map(result -> result.expect(TFloat32.class))
        .toList();
  }

  /** A call does not know its results' shapes, on which what follows depends. */
  private static List<Operand<TFloat32>> shaped(
      Ops tf, List<Operand<TFloat32>> results, List<Shape> shapes) {
    List<Operand<TFloat32>> shaped = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      shaped.add(tf.ensureShape(results.get(i), shapes.get(i)));
    }
    return List.copyOf(shaped);
  }
}
