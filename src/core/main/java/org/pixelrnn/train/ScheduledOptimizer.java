package org.pixelrnn.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.proto.v1.Adam;
import org.pixelrnn.proto.v1.RmsProp;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ApplyAdam;
import org.tensorflow.op.train.ApplyCenteredRmsProp;
import org.tensorflow.op.train.ApplyRmsProp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * RMSProp or Adam with a learning rate that changes from step to step. The updates are TensorFlow's
 * own operations; the learning rate is a tensor that every step feeds.
 *
 * <p>The framework's own optimizers cannot be used here: they fix the learning rate when the graph
 * is built, and they refuse variables whose names have scopes.
 */
final class ScheduledOptimizer extends Optimizer {
  private final TrainingConfig config;
  private final Operand<TFloat32> learningRate;
  private final Map<String, Output<TFloat32>> slots = new HashMap<>();

  /**
   * Prepares an optimizer; nothing is added to the graph yet.
   *
   * @param config a configuration that has been checked
   * @param learningRate the learning rate of a step, {@code []}
   */
  ScheduledOptimizer(Graph graph, TrainingConfig config, Operand<TFloat32> learningRate) {
    super(graph);
    this.config = config;
    this.learningRate = learningRate;
  }

  @Override
  protected void createSlots(List<Output<? extends TType>> variables) {
    for (Output<? extends TType> variable : variables) {
      switch (config.getOptimizerCase()) {
        case RMS_PROP -> {
          // TensorFlow's own RMSProp begins with mean square 1 too: so the first steps are small.
          createSlot(variable, "mean_square", 1);
          createSlot(variable, "momentum", 0);
          if (config.getRmsProp().getCentered()) {
            createSlot(variable, "mean", 0);
          }
        }
        case ADAM -> {
          createSlot(variable, "first_moment", 0);
          createSlot(variable, "second_moment", 0);
        }
        case OPTIMIZER_NOT_SET ->
            throw new IllegalArgumentException("the configuration has no optimizer");
      }
    }
    if (config.hasAdam()) {
      createPower("beta1_power", config.getAdam().getBeta1());
      createPower("beta2_power", config.getAdam().getBeta2());
    }
  }

  @Override
  protected <T extends TType> Op applyDense(Ops deps, Output<T> gradient, Output<T> variable) {
    Output<TFloat32> w = variable.expect(TFloat32.class);
    Output<TFloat32> g = gradient.expect(TFloat32.class);
    String name = variable.op().name();
    if (config.hasAdam()) {
      Adam adam = config.getAdam();
      return deps.train.applyAdam(
          w,
          slot(name, "first_moment"),
          slot(name, "second_moment"),
          slot("optimizer", "beta1_power"),
          slot("optimizer", "beta2_power"),
          learningRate,
          scalar(adam.getBeta1()),
          scalar(adam.getBeta2()),
          scalar(adam.getEpsilon()),
          g,
          ApplyAdam.useLocking(true));
    }
    RmsProp rmsProp = config.getRmsProp();
    if (rmsProp.getCentered()) {
      return deps.train.applyCenteredRmsProp(
          w,
          slot(name, "mean"),
          slot(name, "mean_square"),
          slot(name, "momentum"),
          learningRate,
          scalar(rmsProp.getDecay()),
          scalar(rmsProp.getMomentum()),
          scalar(rmsProp.getEpsilon()),
          g,
          ApplyCenteredRmsProp.useLocking(true));
    }
    return deps.train.applyRmsProp(
        w,
        slot(name, "mean_square"),
        slot(name, "momentum"),
        learningRate,
        scalar(rmsProp.getDecay()),
        scalar(rmsProp.getMomentum()),
        scalar(rmsProp.getEpsilon()),
        g,
        ApplyRmsProp.useLocking(true));
  }

  /** Advances Adam's powers β₁ᵗ and β₂ᵗ once all variables have been updated with them. */
  @Override
  protected Op finish(List<Op> updates, String name) {
    if (config.hasAdam()) {
      Ops after = tf.withControlDependencies(updates);
      updates.add(advance(after, "beta1_power", config.getAdam().getBeta1()));
      updates.add(advance(after, "beta2_power", config.getAdam().getBeta2()));
    }
    return super.finish(updates, name);
  }

  @Override
  public String getOptimizerName() {
    // The constructor of the superclass calls this before the configuration is there.
    return "ScheduledOptimizer";
  }

  private Op advance(Ops after, String power, double beta) {
    Output<TFloat32> value = slot("optimizer", power);
    return after.assign(value, after.math.mul(value, scalar(beta)));
  }

  private void createSlot(Output<?> variable, String slot, float initial) {
    String name = variable.op().name() + "/" + slot;
    Shape shape = variable.shape();
    slots.put(
        name,
        ReferenceVariable.create(
            tf, name, shape, tf.fill(tf.constant(shape.asArray()), tf.constant(initial))));
  }

  private void createPower(String power, double beta) {
    String name = "optimizer/" + power;
    slots.put(name, ReferenceVariable.create(tf, name, Shape.scalar(), scalar(beta)));
  }

  private Output<TFloat32> slot(String owner, String slot) {
    return slots.get(owner + "/" + slot);
  }

  private Operand<TFloat32> scalar(double value) {
    return tf.constant((float) value);
  }
}
