import org.pixelrnn.model.MultiScaleNetwork;
import org.pixelrnn.model.Network;
import org.pixelrnn.model.graph.Weight;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.train.ConfigFile;

/**
 * Samples 16 images of 32×32×3 from a PixelCNN at two scales, 8×8 and 32×32. Compares this with one
 * scale: a PixelCNN with as many blocks and about as many weights.
 */
final class MultiScaleTable {
  private static final String SHAPE = "height: 32 width: 32 channels: 3 levels: 256 ";

  private MultiScaleTable() {}

  public static void main(String[] args) throws Exception {
    ModelConfig single = model("pixel_cnn {} h: 48 layers: 5 head_width: 96");
    ModelConfig scales =
        model(
            "multi_scale { small { pixel_cnn {} h: 24 layers: 4 head_width: 96 }"
                + " full { pixel_cnn {} h: 42 layers: 5 head_width: 96 }"
                + " upsampling { features: 24 } }");
    print("one scale", new Network(single).weights(), single);
    print("two scales, 8×8 and 32×32", new MultiScaleNetwork(scales).weights(), scales);
  }

  private static ModelConfig model(String text) {
    return ConfigFile.parse("model { " + SHAPE + text + " }", "benchmark").getModel();
  }

  private static void print(String name, Iterable<Weight> weights, ModelConfig model)
      throws Exception {
    long parameters = 0;
    for (Weight weight : weights) {
      parameters += weight.shape().size();
    }
    System.out.printf("%n# PixelCNN, %s: %d parameters%n", name, parameters);
    SamplingTable.print(model, 16);
  }
}
