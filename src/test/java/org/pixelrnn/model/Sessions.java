package org.pixelrnn.model;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** Sessions for graphs that are run once: making them faster first would take longer. */
final class Sessions {
  private Sessions() {}

  static Session unoptimized(Graph graph) {
    return new Session(
        graph,
        ConfigProto.newBuilder()
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .build());
  }
}
