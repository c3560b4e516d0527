package org.pixelrnn.example;

import java.nio.file.Path;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * Samples 16 images from an exported model. It prints each row of the first image as soon as the
 * model has sampled it, and writes all images to a PNG file.
 *
 * <pre>
 * (cd ../../.. && mvn -q install -DskipTests)
 * mvn compile exec:java -Dexec.args="../../../savedmodels/mnist-pixelcnn samples.png"
 * </pre>
 */
public final class SampleImages {
  private static final int COUNT = 16;
  private static final long SEED = 1;
  private static final String SHADES = " .:-=+*#%@";

  private SampleImages() {}

  /** Takes the model's folder and the PNG file. */
  public static void main(String[] args) {
    Path model = Path.of(args[0]);
    Path file = Path.of(args[1]);
    try (Sampler sampler = Sampler.open(model);
        RowStream rows = sampler.rows(SampleRequest.of(COUNT, SEED))) {
      while (rows.next()) {
        System.out.println(firstImage(rows));
      }
      ImageFile.write(SampleGrid.of(rows.images()), file);
    }
    System.out.println("wrote " + file);
  }

  /** Draws the present row of the first image in characters, two for each pixel. */
  private static String firstImage(RowStream rows) {
    int channels = rows.shape().channels();
    int brightest = rows.shape().levels() - 1;
    byte[] levels = rows.levels(); // [image, column, channel]
    StringBuilder text = new StringBuilder();
    for (int column = 0; column < rows.shape().width(); column++) {
      int level = Byte.toUnsignedInt(levels[column * channels]);
      char shade = SHADES.charAt(level * (SHADES.length() - 1) / brightest);
      text.append(shade).append(shade);
    }
    return text.toString();
  }
}
