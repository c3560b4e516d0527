package org.pixelrnn.data;

import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.Levels;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.DataConfig.Binarisation;

/**
 * How a data set's values {@code 0..255} become a model's levels {@code 0..K-1}. For K = 2 each
 * sub-pixel is 1 with probability value / 255, or where value ≥ 128; for more levels, level =
 * floor(value · K / 256).
 */
final class Discretisation {
  private final ImageShape model;
  private final boolean stochastic;

  /**
   * Checks that the model is of the data's height, width and channels.
   *
   * @throws InputException naming both otherwise
   */
  Discretisation(ImageDataset data, ImageShape model, DataConfig config) {
    ImageShape found = data.shape();
    if (found.height() != model.height()
        || found.width() != model.width()
        || found.channels() != model.channels()) {
      throw new InputException(
          "data "
              + data.name()
              + ": images of "
              + size(found)
              + ", but the model's are "
              + size(model)
              + "; set model.height, model.width and model.channels to the data's");
    }
    this.model = model;
    this.stochastic = model.levels() == 2 && config.getBinarisation() == Binarisation.STOCHASTIC;
  }

  /** The shape of the images it makes. */
  ImageShape shape() {
    return model;
  }

  /**
   * One image's levels.
   *
   * @param values {@code [height, width, channels]}
   * @param levels receives as many from position {@code at} on
   * @param key of the random numbers, for instance (seed, epoch, index)
   */
  void apply(byte[] values, byte[] levels, int at, long... key) {
    if (stochastic) {
      SplitMix random = new SplitMix(key);
      for (int i = 0; i < values.length; i++) {
        // 0 is never ink, 255 always: nextDouble is below 1.
        boolean ink = random.nextDouble() * 255 < Byte.toUnsignedInt(values[i]);
        levels[at + i] = (byte) (ink ? 1 : 0);
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
