package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Levels;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.DataConfig.Binarisation;

/**
 * Turns a data set's values {@code 0..255} into a model's levels {@code 0..K-1}.
 *
 * <p>For K = 2, {@code data.binarisation} says how. {@code STOCHASTIC}: a sub-pixel is 1 with
 * probability value / 255. {@code THRESHOLD}: it is 1 if value ≥ 128. For larger K, level =
 * floor(value · K / 256).
 */
final class Discretisation {
  private final ImageShape model;
  private final boolean stochastic;

  /**
   * Checks that the model's images have the data's height, width and channels.
   *
   * @throws InputException that names both shapes, if they differ
   */
  Discretisation(ImageDataset data, ImageShape model, DataConfig config) {
    ImageShape found = data.shape();
    if (found.height() != model.height()
        || found.width() != model.width()
        || found.channels() != model.channels()) {
      throw new InputException(
          "data "
              + data.name()
              + ": its images are "
              + size(found)
              + ", but the model's are "
              + size(model)
              + "; set model.height, model.width and model.channels to those of the data");
    }
    this.model = model;
    this.stochastic = model.levels() == 2 && config.getBinarisation() == Binarisation.STOCHASTIC;
  }

  /** The shape of the model's images. */
  ImageShape shape() {
    return model;
  }

  /**
   * Writes the levels of one image.
   *
   * @param values the image, {@code [height, width, channels]}
   * @param levels receives the levels from position {@code at} on, in the same layout
   * @param key the key of the random numbers, for instance (seed, epoch, index)
   */
  void apply(byte[] values, byte[] levels, int at, long... key) {
    if (stochastic) {
      KeyedRandom random = new KeyedRandom(key);
      for (int i = 0; i < values.length; i++) {
        // nextDouble is below 1, so the value 0 always becomes 0, and 255 always becomes 1.
        boolean one = random.nextDouble() * 255 < Byte.toUnsignedInt(values[i]);
        levels[at + i] = (byte) (one ? 1 : 0);
      }
      return;
    }
    Levels quantisation = Levels.of(model);
    for (int i = 0; i < values.length; i++) {
      levels[at + i] = (byte) quantisation.quantise(Byte.toUnsignedInt(values[i]));
    }
  }

  private static String size(ImageShape shape) {
    return shape.height() + "×" + shape.width() + "×" + shape.channels();
  }
}
