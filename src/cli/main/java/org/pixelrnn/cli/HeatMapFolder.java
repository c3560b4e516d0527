package org.pixelrnn.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.pixelrnn.evaluate.ImageScore;
import org.pixelrnn.evaluate.Ranking;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.Images;
import org.pixelrnn.plot.PixelBitsPlot;
import org.pixelrnn.sampler.LikelihoodBatch;
import org.pixelrnn.sampler.Sampler;

/**
 * A folder of heat maps, {@code 00001.png} for the least likely image, {@code 00002.png} for the
 * next one.
 *
 * @param folder it need not exist
 */
record HeatMapFolder(Path folder) {
  /**
   * Checks what can be checked without writing.
   *
   * @throws org.pixelrnn.image.InputException if nothing can be written to the folder, or if it is
   *     a file
   */
  void checkWritable() {
    ImageFile.checkWritable(file(1));
  }

  private Path file(int number) {
    return folder.resolve(String.format(Locale.ROOT, "%05d.png", number));
  }

  /**
   * Writes heat maps, in the order of the scores. The images are read again, in batches.
   *
   * @param stopped asked before each heat map; true ends it
   * @param progress told of the number of files after each one
   * @return the number of files
   */
  int write(
      Sampler sampler,
      Ranking ranking,
      List<ImageScore> scores,
      BooleanSupplier stopped,
      IntConsumer progress) {
    int batch = LikelihoodBatch.size(sampler.shape());
    int written = 0;
    while (written < scores.size() && !stopped.getAsBoolean()) {
      List<ImageScore> some = scores.subList(written, Math.min(scores.size(), written + batch));
      Images images = ranking.images(some);
      float[] bits = sampler.pixelBits(images);
      for (int i = 0; i < some.size() && !stopped.getAsBoolean(); i++) {
        ImageFile.writeOneOfMany(plot(some.get(i), images, i, bits), file(++written));
        progress.accept(written);
      }
    }
    return written;
  }

  private static BufferedImage plot(ImageScore score, Images images, int index, float[] bits) {
    String numbers =
        String.format(Locale.ROOT, "%.2f nats, %.4f bits/dim", score.nats(), score.bitsPerDim());
    return PixelBitsPlot.of(images, index, bits, score.name(), numbers);
  }
}
