package org.pixelrnn.model;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** Sessions without graph optimization. Optimizing a graph that runs once would take longer. */
public final class Sessions {
  private Sessions() {}

  /** Opens a session that runs the graph as it is. */
  public static Session unoptimized(Graph graph) {
    return new Session(
        graph,
        ConfigProto.newBuilder()
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .build());
  }
}
