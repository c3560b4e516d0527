package org.pixelrnn.export;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.Sessions;
import org.pixelrnn.model.TinyNetworks;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.model.graph.WeightSource;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Exports the tiny networks with random weights. */
public final class TinyExports {
  private TinyExports() {}

  /** Writes the next version of a model, with the weights of {@link TinyNetworks#weights}. */
  public static Path write(Path folder, ModelConfig config, long seed) {
    ImageModel model = ImageModel.of(config);
    try (Graph graph = new Graph();
        Session session = Sessions.unoptimized(graph)) {
      WeightSource weights = TinyNetworks.weights(Ops.create(graph), seed);
      Session.Runner runner = session.runner();
      List<Weight> order = model.weights();
      order.forEach(weight -> runner.fetch(weights.of(weight)));
      try (Result values = runner.run()) {
        Map<Weight, TFloat32> byWeight = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
          byWeight.put(order.get(i), (TFloat32) values.get(i));
        }
        return SavedModelExport.write(
            folder,
            model,
            byWeight::get,
            Provenance.newBuilder().setModel(config).setSeed(seed).build());
      }
    }
  }
}
