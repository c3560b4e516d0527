package org.pixelrnn.example;

import java.nio.file.Path;
import java.util.Random;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.sampler.Sampler;
import org.pixelrnn.train.EarlyStopping;
import org.pixelrnn.train.Presets;
import org.pixelrnn.train.Training;
import org.pixelrnn.train.TrainingEvent;
import org.pixelrnn.train.TrainingListener;
import org.pixelrnn.train.TrainingResult;

/**
 * Trains a small PixelCNN on images that this program makes itself: bright disks on black. Training
 * stops when validation has not improved for two epochs. Then the model is exported, and 16 images
 * are sampled from it. This takes about ten seconds.
 *
 * <pre>
 * (cd ../../.. && mvn -q install -DskipTests)
 * mvn compile exec:java -Dexec.args="target/run target/disks target/samples.png"
 * </pre>
 */
public final class TrainOnDisks {
  /** A data set holds values from 0 to 255. The model below makes two levels of them. */
  private static final ImageShape SHAPE = new ImageShape(12, 12, 1, 256);

  private TrainOnDisks() {}

  /** Takes the run directory, the folder for the exported model, and the PNG file. */
  public static void main(String[] args) {
    Path run = Path.of(args[0]);
    Path model = Path.of(args[1]);
    Path file = Path.of(args[2]);
    Random random = new Random(1);
    try (ImageDataset data =
            ImageDataset.of("disks", disks(320, random), disks(160, random), disks(160, random));
        Training training =
            Training.builder(config())
                .data(data)
                .runDirectory(run)
                .listener(new ValidationPrinter())
                .listener(new EarlyStopping(2))
                .build()) {
      TrainingResult result = training.run();
      TrainingResult.StageEnd end = result.stages().get(0);
      System.out.println("ended after step " + end.steps() + ": " + end.why());
      Path version = result.export(model);
      try (Sampler sampler = Sampler.open(version)) {
        ImageFile.write(SampleGrid.of(sampler.sample(16, 1, 1)), file);
      }
      System.out.println("wrote " + version + " and " + file);
    }
  }

  /** The preset for strokes, with a smaller model. */
  private static RunConfig config() {
    RunConfig.Builder config = Presets.load("strokes-pixelcnn").toBuilder();
    config.getModelBuilder().setHeight(SHAPE.height()).setWidth(SHAPE.width()).setLayers(3);
    config.getTrainingBuilder().setEpochs(100);
    return config.build();
  }

  /** Makes images of one disk each, at a random place and of a random size. */
  private static Images disks(int count, Random random) {
    byte[] values = new byte[count * SHAPE.dimensions()]; // [image, row, column]
    for (int i = 0; i < values.length; ) {
      double radius = 2 + 2 * random.nextDouble();
      double top = 4 + 4 * random.nextDouble();
      double left = 4 + 4 * random.nextDouble();
      for (int pixel = 0; pixel < SHAPE.pixels(); pixel++, i++) {
        int row = pixel / SHAPE.width();
        int column = pixel % SHAPE.width();
        values[i] = (byte) (Math.hypot(row - top, column - left) < radius ? 255 : 0);
      }
    }
    return Images.of(SHAPE, values);
  }

  /** Prints the validation after each epoch. */
  private static final class ValidationPrinter implements TrainingListener {
    @Override
    public void validated(TrainingEvent.Validated event) {
      System.out.printf(
          "step %5d: %.3f nats per image%n", event.step(), event.likelihood().getNatsPerImage());
    }
  }
}
