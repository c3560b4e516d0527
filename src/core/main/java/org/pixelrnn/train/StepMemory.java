package org.pixelrnn.train;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;

/**
 * An estimate of the memory of a process that trains on CPUs. What grows is the maps that the
 * forward pass keeps for the backward pass, a number of floats for each pixel of each image of the
 * batch:
 *
 * <pre>
 *   1.5 · C · K         logits; their softmax, which becomes their gradient, replaces maps that were freed
 *   3 · head_width      the head's map, before and after its ReLU, and its gradient
 *   M · h for a layer   M = 10 of a PixelCNN: the input and the output have 2h features, as has the ReLU of the
 *                       input, and the two maps inside have h features before and after their ReLU
 *                       M = 15 of a Row LSTM: the gates have 4h features, as has their gradient
 *                       M = 20 of a Diagonal BiLSTM: two directions, each on a map with padding
 *   W · h               W = 24 of a recurrent network: the gradients of the layer under way
 *   U                   the features of a condition on a small image, in each layer
 * </pre>
 *
 * <p>The constants were fitted to the peaks of 36 processes, with images of 28×28×1 to 128×128×3
 * and 1 to 32 of them in a batch. The estimate was off by 20 % at most. Of other networks, it was
 * off by 9 % at most for the presets of CIFAR-10, and 23 % too low for a Row LSTM of h = 12 and
 * images of 256×256×3. {@code LargeImagesTest} checks that it is right within 30 %.
 *
 * @param fixedBytes the memory at any batch size: the JVM, TensorFlow, the graph and all variables
 * @param bytesOfImage the memory of each image of the batch
 */
record StepMemory(long fixedBytes, long bytesOfImage) {
  private static final double LOGITS = 1.5;
  private static final double HEAD = 3;

  /** A JVM with TensorFlow loaded. */
  private static final long PROCESS = 420_000_000;

  /** The graph of the input and the head, and of each layer. */
  private static final long GRAPH = 30_000_000;

  /** Each weight has a gradient, a moving average, and up to three numbers of the optimizer. */
  private static final int FLOATS_OF_WEIGHT = 6;

  /**
   * The floats of each feature of a kind of layer.
   *
   * @param layer in the maps of each layer, by h
   * @param working in the maps of the layer under way, by h
   * @param graph the bytes of a layer in the graph
   */
  private record LayerKind(int layer, int working, long graph) {
    static LayerKind of(ModelConfig network) {
      return switch (network.getArchitectureCase()) {
        case ROW_LSTM -> new LayerKind(15, 24, 10_000_000);
        case DIAGONAL_BILSTM -> new LayerKind(20, 24, 15_000_000);
        default -> new LayerKind(10, 0, 6_000_000);
      };
    }
  }

  /**
   * Estimates the memory of a stage's step.
   *
   * @param config a configuration that has been checked; its {@code training} is the stage's
   */
  static StepMemory of(RunConfig config, Stage stage) {
    Network network = Stages.network(ImageModel.of(config.getModel()), stage);
    ModelConfig fields = fields(config.getModel(), stage);
    LayerKind kind = LayerKind.of(fields);
    ImageShape shape = network.shape();
    double condition =
        stage == Stage.FULL
            ? config.getModel().getMultiScale().getUpsampling().getFeatures() * fields.getLayers()
            : 0;
    double maps =
        HEAD * fields.getHeadWidth()
            + (double) kind.layer * fields.getH() * fields.getLayers()
            + (double) kind.working * fields.getH()
            + condition;
    boolean half = config.getTraining().getPrecision() == TrainingConfig.Precision.BFLOAT16;
    double floats = LOGITS * shape.channels() * shape.levels() + (half ? maps / 2 : maps);
    return new StepMemory(
        PROCESS
            + GRAPH
            + fields.getLayers() * kind.graph
            + Float.BYTES * FLOATS_OF_WEIGHT * parameters(network),
        (long) (Float.BYTES * floats * shape.pixels()));
  }

  /** The fields of the network that a stage trains. */
  private static ModelConfig fields(ModelConfig model, Stage stage) {
    return switch (stage) {
      case SMALL -> model.getMultiScale().getSmall();
      case FULL -> model.getMultiScale().getFull();
      default -> model;
    };
  }

  /** The number of learned parameters of a network. */
  static long parameters(Network network) {
    return network.weights().stream().map(Weight::shape).mapToLong(shape -> shape.size()).sum();
  }

  /** The memory of a process that takes steps of so many images. */
  long bytes(int batchSize) {
    return fixedBytes + batchSize * bytesOfImage;
  }

  /** The most images of a step that fits; 0 if not even one image fits. */
  long largestBatch(MachineMemory machine) {
    return Math.max(0, (machine.bytes() - fixedBytes) / bytesOfImage);
  }
}
