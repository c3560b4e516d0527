package org.pixelrnn.model.scan;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pixelrnn.model.graph.Computation;
import org.pixelrnn.model.graph.Computation.Execution;
import org.pixelrnn.model.graph.DifferentiableFunction;
import org.pixelrnn.model.graph.GraphFunction;
import org.pixelrnn.model.graph.Precision;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Operands;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.family.TFloating;

/**
 * A recurrence over the pixels of a map. One graph function holds the unrolled recurrence, a second
 * one its hand-derived adjoint. The weights are arguments of both, so all layers of the same shape
 * share them, and the graph of a deep network is little larger than that of a shallow one.
 *
 * <p>Maps are {@code [pixels, batch, features]}. The pixels are in the {@link #order()} of the scan
 * and in one or more {@link #pieces()}. The batch may have any size. A compiled scan is compiled
 * anew for each batch size that it meets.
 */
public abstract sealed class Scan implements DifferentiableFunction permits DiagonalScan, RowScan {
  // Garbage collection frees the functions together with the scan; graphs that call them have
  // copies.
  private final Supplier<ConcreteFunction> forward = Suppliers.memoize(this::forwardFunction);
  private final Supplier<ConcreteFunction> adjoint = Suppliers.memoize(this::adjointFunction);
  private final String name;
  private final Computation computation;

  /**
   * Creates a scan, which builds its graph functions when they are first called.
   *
   * @param name the name of the graph function; the adjoint adds {@code _adjoint}
   */
  Scan(String name, Computation computation) {
    boolean plain = computation.equals(Computation.DEFAULT);
    this.name = plain ? name : name + "_" + computation.precision() + "_" + computation.execution();
    this.computation = computation;
  }

  /** The same scan, computed in a given way. */
  public abstract Scan computed(Computation computation);

  /** The pixel at each position of the maps, {@code row · width + column}. */
  public abstract int[] order();

  /** The number of pixels in each piece of the maps; pieces are consecutive in the order. */
  public abstract int[] pieces();

  /**
   * Calls the scan.
   *
   * @param inputs the pieces of x, {@code [pixels, batch, in]} each, then the weights in order
   * @return y in pieces, {@code [pixels, batch, h]} each, and the tape
   */
  @Override
  public Result apply(Ops tf, List<Operand<TFloating>> inputs) {
    List<Shape> shapes = outputShapes();
    List<Operand<TFloating>> results =
        call(tf, forward.get(), inputs, shapes.size() + tapeShapes().size());
    return new Result(
        shaped(tf, results, shapes), List.copyOf(results.subList(shapes.size(), results.size())));
  }

  /**
   * Calls the adjoint.
   *
   * @param inputs the inputs of the scan
   * @param result the result of the scan
   * @param dy the gradient of y, in pieces
   * @return the gradient of each input, of the input's shape
   */
  @Override
  public List<Operand<TFloating>> gradients(
      Ops tf, List<Operand<TFloating>> inputs, Result result, List<Operand<TFloating>> dy) {
    List<Operand<TFloating>> arguments = new ArrayList<>(inputs);
    arguments.addAll(result.tape());
    arguments.addAll(dy);
    List<Shape> shapes = inputShapes();
    return shaped(tf, call(tf, adjoint.get(), arguments, shapes.size()), shapes);
  }

  /** The shapes of the pieces of x and of the weights. */
  abstract List<Shape> inputShapes();

  /** The shapes of the pieces of y. */
  abstract List<Shape> outputShapes();

  /** The shapes of the tensors that the scan leaves for its adjoint. */
  abstract List<Shape> tapeShapes();

  /** Adds the operations of the scan. */
  abstract Result forward(Ops tf, List<Operand<TFloating>> inputs);

  /** Adds the operations of the adjoint, and returns the gradient of each input. */
  abstract List<Operand<TFloating>> backward(
      Ops tf,
      List<Operand<TFloating>> inputs,
      List<Operand<TFloating>> tape,
      List<Operand<TFloating>> dy);

  /** The shapes of the pieces of a map, {@code [pixels, batch, features]} each. */
  final List<Shape> pieceShapes(int features) {
    return IntStream.of(pieces())
        .mapToObj(pixels -> Shape.of(pixels, Shape.UNKNOWN_SIZE, features))
        .toList();
  }

  /**
   * The cell that this scan's steps and their adjoints are made of.
   *
   * @param h the number of features of h
   */
  final RecurrentCell cell(Ops tf, int h) {
    return RecurrentCell.of(computation, tf, h);
  }

  /** The number 0 in the precision of this scan, {@code []}. */
  final Operand<TFloating> zero(Ops tf) {
    return computation.precision().zero(tf);
  }

  private ConcreteFunction forwardFunction() {
    return neverInlined(
        GraphFunction.create(
            name,
            function -> {
              Result result = forward(function.tf(), arguments(function, inputShapes()));
              List<Operand<TFloating>> outputsAndTape = new ArrayList<>(result.outputs());
              outputsAndTape.addAll(result.tape());
              return outputsAndTape;
            }));
  }

  private ConcreteFunction adjointFunction() {
    return neverInlined(
        GraphFunction.create(
            name + "_adjoint",
            function -> {
              List<Operand<TFloating>> inputs = arguments(function, inputShapes());
              List<Operand<TFloating>> tape = arguments(function, tapeShapes());
              List<Operand<TFloating>> dy = arguments(function, outputShapes());
              return backward(function.tf(), inputs, tape, dy);
            }));
  }

  private List<Operand<TFloating>> arguments(GraphFunction function, List<Shape> shapes) {
    List<Operand<TFloating>> arguments = new ArrayList<>();
    for (Shape shape : shapes) {
      arguments.add(
          Precision.floating(function.argument(computation.precision().type(), shape.asArray())));
    }
    return List.copyOf(arguments);
  }

  /**
   * The same function, marked so that no optimizer inlines it into its callers. Inlining would undo
   * the sharing, and the optimization of the resulting graph would take minutes. The mark also
   * holds in a server that loads the graph.
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

  private List<Operand<TFloating>> call(
      Ops tf, ConcreteFunction function, List<Operand<TFloating>> arguments, int results) {
    OperationBuilder call =
        tf.scope()
            .opBuilder(PartitionedCall.OP_NAME, PartitionedCall.OP_NAME)
            .addInputList(Operands.asOutputs(arguments))
            .setAttr(
                "Tout",
                Operands.toDataTypes(Collections.nCopies(results, computation.precision().type())))
            .setAttr("f", function);
    if (computation.execution() == Execution.COMPILED) {
      call.setAttr("_XlaMustCompile", true);
    }
    Operation operation = call.build();
    return IntStream.range(0, results)
        .mapToObj(i -> Precision.floating(operation.output(i)))
        .toList();
  }

  /**
   * The first results of a call, with known shapes. TensorFlow does not know the shapes of a call's
   * results, but the operations that follow depend on them.
   */
  private static List<Operand<TFloating>> shaped(
      Ops tf, List<Operand<TFloating>> results, List<Shape> shapes) {
    List<Operand<TFloating>> shaped = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      shaped.add(tf.ensureShape(results.get(i), shapes.get(i)));
    }
    return List.copyOf(shaped);
  }
}
