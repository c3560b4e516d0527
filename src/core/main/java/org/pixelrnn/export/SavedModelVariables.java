package org.pixelrnn.export;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightFile;
import org.pixelrnn.model.graph.WeightSource;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The weights of an exported model as resource variables. Each variable has the name of its weight.
 *
 * <p>TensorFlow Java trains with reference variables, which TensorFlow 2 does not load from Python.
 * It loads resource variables.
 */
final class SavedModelVariables implements WeightSource {
  private record Variable(Operation handle, Operation assigned, Operand<TFloat32> value) {}

  private final Ops tf;
  private final Map<Weight, Variable> variables = new LinkedHashMap<>();
  private final SaverDef saver;

  /** Adds the variables, and the operations that save and restore them. */
  SavedModelVariables(Ops tf, List<Weight> weights) {
    this.tf = tf;
    Operand<TString> filename =
        tf.withName("saver_filename").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    WeightFile.read(tf, filename, weights, Weight::name)
        .forEach((weight, restored) -> variables.put(weight, variable(weight, restored)));
    List<Operand<TFloat32>> values = new ArrayList<>();
    variables.values().forEach(variable -> values.add(variable.value));
    Op save = WeightFile.write(tf, filename, weights, values);
    List<Op> assigned = new ArrayList<>();
    variables.values().forEach(variable -> assigned.add(() -> variable.assigned));
    saver =
        SaverDef.newBuilder()
            .setFilenameTensorName(filename.asOutput().name())
            .setSaveTensorName(
                tf.withControlDependencies(List.of(save))
                    .withName("saver_save")
                    .identity(filename)
                    .output()
                    .name())
            .setRestoreOpName(
                tf.withControlDependencies(assigned).withName("saver_restore").noOp().op().name())
            .setVersion(SaverDef.CheckpointFormatVersion.V2)
            .build();
  }

  @Override
  public Operand<TFloat32> of(Weight weight) {
    return variables.get(weight).value;
  }

  /** Describes the variables, and how to restore them, to whoever loads the graph. */
  void describeIn(MetaGraphDef.Builder meta) {
    CollectionDef.BytesList.Builder all = CollectionDef.BytesList.newBuilder();
    for (Variable variable : variables.values()) {
      String name = variable.handle.output(0).name();
      ByteString definition =
          VariableDef.newBuilder()
              .setVariableName(name)
              .setInitializerName(variable.assigned.name())
              .setSnapshotName(variable.value.asOutput().name())
              .setIsResource(true)
              .setTrainable(true)
              .build()
              .toByteString();
      all.addValue(definition);
    }
    CollectionDef collection = CollectionDef.newBuilder().setBytesList(all).build();
    meta.setSaverDef(saver)
        .putCollectionDef("variables", collection)
        .putCollectionDef("trainable_variables", collection);
  }

  private Variable variable(Weight weight, Operand<TFloat32> restored) {
    Operation handle =
        operation("VarHandleOp", weight.name())
            .setAttr("dtype", DataType.DT_FLOAT)
            .setAttr("shape", weight.shape())
            .setAttr("shared_name", weight.name())
            .build();
    Operation assigned =
        operation("AssignVariableOp", weight.name() + "/Assign")
            .addInput(handle.output(0))
            .addInput(restored.asOutput())
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    Operation value =
        operation("ReadVariableOp", weight.name() + "/Read")
            .addInput(handle.output(0))
            .setAttr("dtype", DataType.DT_FLOAT)
            .build();
    return new Variable(
        handle, assigned, tf.ensureShape(value.<TFloat32>output(0), weight.shape()));
  }

  /** An operation of exactly this name. {@link Ops} refuses names with slashes. */
  private OperationBuilder operation(String type, String name) {
    return tf.scope().env().opBuilder(type, name, tf.scope());
  }
}
