package org.pixelrnn.sampler;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.QuietStart;
import org.pixelrnn.records.PlainFolder;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.RewriterConfig;

/**
 * The sessions of a SavedModel in memory: one of the graph as it was exported, and one of {@link
 * CompiledRows} if they are wanted.
 */
final class ModelSessions implements AutoCloseable {
  /**
   * One round of graph optimization, with inlining and pruning only. The other passes gain nothing,
   * and take as long as sampling a hundred images.
   */
  private static final ConfigProto CONFIGURATION =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(
                      RewriterConfig.newBuilder()
                          .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
                          .setArithmeticOptimization(RewriterConfig.Toggle.OFF)
                          .setConstantFolding(RewriterConfig.Toggle.OFF)
                          .setRemapping(RewriterConfig.Toggle.OFF)
                          .setLayoutOptimizer(RewriterConfig.Toggle.OFF)
                          .setLoopOptimization(RewriterConfig.Toggle.OFF)
                          .setDependencyOptimization(RewriterConfig.Toggle.OFF)
                          .setDisableTfgOptimizer(true)
                          .setMemoryOptimization(RewriterConfig.MemOptType.NO_MEM_OPT)))
          .build();

  private final SavedModelBundle bundle;
  private final Optional<CompiledRows> compiled;
  private final ImmutableSet<Integer> compiledFor;

  private ModelSessions(
      SavedModelBundle bundle, Optional<CompiledRows> compiled, Set<Integer> compiledFor) {
    this.bundle = bundle;
    this.compiled = compiled;
    this.compiledFor = ImmutableSet.copyOf(compiledFor);
  }

  /** Loads a model. The arguments and exceptions are those of {@link LoadedModel#load}. */
  static ModelSessions load(Path version, int threads, Set<Integer> compiledFor) {
    QuietStart.begin(threads);
    ConfigProto configuration =
        CONFIGURATION.toBuilder()
            .setUsePerSessionThreads(threads > 0)
            .setInterOpParallelismThreads(threads)
            .setIntraOpParallelismThreads(threads)
            .build();
    try (PlainFolder folder = PlainFolder.of(version)) {
      SavedModelBundle bundle =
          SavedModelBundle.loader(folder.path().toString())
              .withTags("serve")
              .withConfigProto(configuration)
              .load();
      ModelSessions sessions = null;
      try {
        Optional<CompiledRows> compiled =
            compiledFor.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    CompiledRows.of(
                        bundle.metaGraphDef(),
                        folder.path().resolve("variables").resolve("variables").toString(),
                        configuration));
        sessions = new ModelSessions(bundle, compiled, compiledFor);
        return sessions;
      } finally {
        if (sessions == null) {
          bundle.close();
        }
      }
    } catch (IOException e) {
      throw new InputException(version + ": cannot be read: " + InputException.reason(e), e);
    } catch (RuntimeException e) {
      // TensorFlow's exceptions have no type in common, and damaged files cause many of them.
      throw new NotAModelException(
          version + ": not a SavedModel that can be loaded (" + InputException.reason(e) + ")", e);
    }
  }

  /** The graph and the signatures, as they were exported. */
  MetaGraphDef definition() {
    return bundle.metaGraphDef();
  }

  /** The session of the graph as it was exported. */
  Session exported() {
    return bundle.session();
  }

  /** The session that samples a number of images. */
  Session sampling(int images) {
    return compiled
        .filter(rows -> compiledFor.contains(images))
        .map(CompiledRows::session)
        .orElseGet(bundle::session);
  }

  @Override
  public void close() {
    compiled.ifPresent(CompiledRows::close);
    bundle.close();
  }
}
