import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.proto.v1.ModelConfig;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PartitionedCall;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.StepStats;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Profiles the sampling of an exported network with its initial weights.
 *
 * <p>TensorFlow's step statistics do not see into the loop that samples one turn after another. So
 * there are two tables: what is around the loop, which runs once; and one turn, as the loop's body
 * samples it. All turns cost the same. A batch may be sampled in parts at the same time; the turn
 * is one of the first part.
 */
final class SamplingProfile {
  private static final String LOOP = "StatelessWhile";

  private SamplingProfile() {}

  /**
   * Prints both tables.
   *
   * @param count the number of images that are sampled
   * @param lines the number of operations in each table
   */
  static void print(ModelConfig config, int count, int lines) throws IOException {
    try (SavedModelBundle model =
            load(
                UntrainedModel.export(
                    Files.createTempDirectory("pixelrnn-bench"), ImageModel.of(config)));
        TInt32 images = TInt32.scalarOf(count);
        TInt64 seed = TInt64.scalarOf(1);
        TFloat32 temperature = TFloat32.scalarOf(1)) {
      Signature signature = model.function("sample").signature();
      Session.Runner whole = runner(model, signature, images, seed, temperature);
      whole.fetch(signature.getOutputs().get("images").name);
      double seconds = Measure.seconds(() -> whole.run().close());
      System.out.printf("%n# sampling %d images: %.2f s; around the loop:%n", count, seconds);
      profile(whole, lines);

      NodeDef loop = loopOf(model.graph());
      Operand<?> turn = turn(model.graph(), loop);
      // The turn takes what flows into the loop.
      List<String> inputs = new ArrayList<>(new LinkedHashSet<>(values(loop)));
      var fed = signature.getInputs().values();
      inputs.removeIf(name -> fed.stream().anyMatch(x -> x.name.equals(name + ":0")));
      Session.Runner start = runner(model, signature, images, seed, temperature);
      inputs.forEach(start::fetch);
      try (Result values = start.run()) {
        Session.Runner once = runner(model, signature, images, seed, temperature);
        once.fetch(turn.asOutput());
        for (int i = 0; i < inputs.size(); i++) {
          once.feed(inputs.get(i), values.get(i));
        }
        double ofTurn = Measure.seconds(() -> once.run().close());
        System.out.printf("%n# one turn of the first part: %.2f ms%n", 1000 * ofTurn);
        profile(once, lines);
      }
    }
  }

  private static void profile(Session.Runner runner, int lines) {
    runner.setOptions(
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build());
    OperationTable.print(
        Stream.generate(() -> statistics(runner)).limit(Measure.REPEATS).toList(), lines);
  }

  private static StepStats statistics(Session.Runner traced) {
    try (Result result = traced.runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow().getStepStats();
    }
  }

  private static Session.Runner runner(
      SavedModelBundle model,
      Signature signature,
      TInt32 count,
      TInt64 seed,
      TFloat32 temperature) {
    return model
        .session()
        .runner()
        .feed(signature.getInputs().get("count").name, count)
        .feed(signature.getInputs().get("seed").name, seed)
        .feed(signature.getInputs().get("temperature").name, temperature);
  }

  /** The loop that samples the first part of a batch. */
  private static NodeDef loopOf(Graph graph) {
    return graph.toGraphDef().getNodeList().stream()
        .filter(node -> node.getOp().equals(LOOP))
        .findFirst()
        .orElseThrow();
  }

  /** Adds a call of the loop's body. */
  private static Operand<?> turn(Graph graph, NodeDef loop) {
    String body = loop.getAttrOrThrow("body").getFunc().getName();
    ConcreteFunction function = graph.getFunction(body);
    List<Operand<?>> inputs =
        values(loop).stream().<Operand<?>>map(name -> output(graph, name)).toList();
    return PartitionedCall.create(
            Ops.create(graph).scope(),
            inputs,
            inputs.stream().<Class<? extends TType>>map(Operand::type).toList(),
            function)
        .output()
        .get(2);
  }

  /** The names of the values that flow into the loop, without what it only waits for. */
  private static List<String> values(NodeDef loop) {
    return loop.getInputList().stream().filter(name -> !name.startsWith("^")).toList();
  }

  /** Finds an output by the name {@code operation} or {@code operation:index}. */
  private static Output<?> output(Graph graph, String name) {
    int colon = name.indexOf(':');
    return colon < 0
        ? graph.operation(name).output(0)
        : graph
            .operation(name.substring(0, colon))
            .output(Integer.parseInt(name.substring(colon + 1)));
  }

  /** Loads a model for the same graph optimization as a sampler does. */
  private static SavedModelBundle load(Path version) {
    RewriterConfig rewriting =
        RewriterConfig.newBuilder()
            .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
            .setArithmeticOptimization(RewriterConfig.Toggle.OFF)
            .setConstantFolding(RewriterConfig.Toggle.OFF)
            .setRemapping(RewriterConfig.Toggle.OFF)
            .setLayoutOptimizer(RewriterConfig.Toggle.OFF)
            .setLoopOptimization(RewriterConfig.Toggle.OFF)
            .setDependencyOptimization(RewriterConfig.Toggle.OFF)
            .setDisableTfgOptimizer(true)
            .setMemoryOptimization(RewriterConfig.MemOptType.NO_MEM_OPT)
            .build();
    return SavedModelBundle.loader(version.toString())
        .withTags("serve")
        .withConfigProto(
            ConfigProto.newBuilder()
                .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriting))
                .build())
        .load();
  }
}
