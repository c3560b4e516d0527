import java.io.IOException;
import java.nio.file.Path;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.model.ImageModel;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.Provenance;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Exports of networks that have their initial weights: training changes no speed. */
final class UntrainedModel {
  private UntrainedModel() {}

  /** Writes a network to a folder. Returns the folder of the version. */
  static Path export(Path folder, ImageModel model) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      for (Weight weight : model.weights()) {
        runner.fetch(weight.initialValue(tf, 1));
      }
      try (Result values = runner.run()) {
        return SavedModelExport.write(
            folder,
            model,
            weight -> (TFloat32) values.get(model.weights().indexOf(weight)),
            Provenance.getDefaultInstance());
      }
    }
  }
}
