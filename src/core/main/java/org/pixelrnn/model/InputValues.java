package org.pixelrnn.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The numbers that a network gets for level indices: -1 for level 0, 1 for the highest level, and
 * evenly spaced numbers between. A pixel outside the image is 0.
 *
 * @param levels the number of levels
 */
record InputValues(int levels) {

  /**
   * The values of images.
   *
   * @param images level indices, {@code [n, height, width, channels]}
   * @return {@code [n, height, width, channels]}
   */
  Operand<TFloat32> ofImages(Ops tf, Operand<TUint8> images) {
    return tf.gather(
        tf.reshape(table(tf), tf.constant(new int[] {-1})),
        tf.dtypes.cast(images, TInt32.class),
        tf.constant(0));
  }

  /** The value of each level, {@code [levels, 1]}. */
  Operand<TFloat32> table(Ops tf) {
    float[][] values = new float[levels][1];
    for (int level = 0; level < levels; level++) {
      values[level][0] = 2f * level / (levels - 1) - 1;
    }
    return tf.constant(values);
  }
}
