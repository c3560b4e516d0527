package org.pixelrnn.image;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Decodes a JPEG to the means of blocks of its pixels with TensorFlow's DecodeJpeg.
 *
 * <p>For blocks of at least 4×4 pixels it decodes at half size. A JPEG has the frequencies of each
 * 8×8 pixels, and the picture of half size is made from the lowest of them: this costs less time
 * and a quarter of the memory, and nothing aliases. At a quarter or an eighth, letters on white
 * would become more than 2 levels brighter: such a picture is made from means of pixels that are
 * not yet limited to {@code 0..255}.
 */
final class ReducedJpeg {
  /** The level that DecodeJpeg gives to missing units. */
  private static final int FILLED = 128;

  /**
   * A JPEG whose decoded samples are more bytes is left to Java's reader, which reads with gaps.
   */
  private static final long MOST_BYTES = 1 << 27;

  private ReducedJpeg() {}

  /** TensorFlow's operations. They serve all threads, and live as long as the process. */
  private static final class Decoder {
    static final Decoder SHARED = new Decoder();

    private final Graph graph;
    private final Placeholder<TString> encoded;
    private final Map<Integer, Output<TUint8>> decoded;
    private final Session session;

    private Decoder() {
      QuietStart.begin(0);
      graph = new Graph();
      Ops tf = Ops.create(graph);
      encoded = tf.placeholder(TString.class);
      decoded = Map.of(1, decoded(tf, 1), 2, decoded(tf, 2));
      // The pictures do not need a GPU, and must not keep its memory from a model.
      session =
          new Session(
              graph,
              ConfigProto.newBuilder()
                  .putDeviceCount("GPU", 0)
                  .setUsePerSessionThreads(true)
                  .setInterOpParallelismThreads(1)
                  .build());
    }

    private Output<TUint8> decoded(Ops tf, long reduction) {
      // A name of its own: TensorFlow Java would number the second node with the locale's digits.
      return tf.withName("at_ratio_" + reduction)
          .image
          .decodeJpeg(
              encoded,
              DecodeJpeg.ratio(reduction),
              DecodeJpeg.dctMethod("INTEGER_ACCURATE"),
              // Colours then do not leak from one unit into another.
              DecodeJpeg.fancyUpscaling(false))
          .image();
    }

    /**
     * Decodes a JPEG at full size (ratio 1) or half size (2): {@code [height, width, channels]}.
     */
    Result run(byte[] jpeg, int ratio) {
      // In the thread of the caller, so that pictures are decoded on as many cores as they are
      // read.
      RunOptions inThisThread = RunOptions.newBuilder().setInterOpThreadPool(-1).build();
      try (TString input = TString.tensorOfBytes(NdArrays.scalarOfObject(jpeg))) {
        return session
            .runner()
            .feed(encoded, input)
            .fetch(decoded.get(ratio))
            .setOptions(inThisThread)
            .run();
      }
    }
  }

  private static int ratio(int block) {
    return block < 4 ? 1 : 2;
  }

  /**
   * Decodes a picture to means of blocks, turns it upright and applies a function to it.
   *
   * @param jpeg {@code PlainJpeg.of(file)}
   * @return empty if the picture is not large enough for blocks, if the file is damaged, or if
   *     TensorFlow's native library is missing
   */
  static <T> Optional<T> apply(
      byte[] file, PlainJpeg jpeg, WantedSize wanted, Function<Picture, T> function) {
    Orientation orientation = Orientation.of(ExifData.in(file));
    int block =
        orientation.transposes()
            ? wanted.block(jpeg.width(), jpeg.height())
            : wanted.block(jpeg.height(), jpeg.width());
    if (block == 1) {
      return Optional.empty();
    }
    long values = (long) jpeg.height() * jpeg.width() * jpeg.channels();
    long decoded = values / ratio(block) / ratio(block);
    if (decoded > MOST_BYTES) {
      return Optional.empty();
    }
    // Besides there are floats of the means, before and after they are turned.
    long means = 8 * values / block / block;
    try {
      return ImageDecoder.DECODING.during(
          file.length + decoded + means,
          () -> decode(file, jpeg, block, orientation).map(function));
    } catch (OutOfMemoryError e) {
      return Optional.empty();
    }
  }

  private static Optional<Picture> decode(
      byte[] file, PlainJpeg jpeg, int block, Orientation orientation) {
    int ratio = ratio(block);
    try (Result result = Decoder.SHARED.run(file, ratio)) {
      TUint8 image = (TUint8) result.get(0);
      return lacksUnits(image, jpeg, ratio)
          ? Optional.empty()
          : Optional.of(picture(image, jpeg, block, orientation));
    } catch (TensorFlowException | LinkageError e) {
      return Optional.empty();
    }
  }

  /** True if the last unit of an interval looks as if the interval had ended before it. */
  private static boolean lacksUnits(TUint8 image, PlainJpeg jpeg, int ratio) {
    int units = jpeg.units();
    for (int end = 0; end < units; ) {
      end = (int) Math.min(units, (long) end + jpeg.interval());
      int top = (end - 1) / jpeg.unitColumns() * jpeg.unitHeight() / ratio;
      int left = (end - 1) % jpeg.unitColumns() * jpeg.unitWidth() / ratio;
      int right = (int) Math.min(image.shape().get(1), left + jpeg.unitWidth() / ratio);
      boolean filled = true;
      for (int i = left; i < right && filled; i++) {
        for (int channel = 0; channel < jpeg.channels(); channel++) {
          filled &= Byte.toUnsignedInt(image.getByte(top, i, channel)) == FILLED;
        }
      }
      if (filled) {
        return true;
      }
    }
    return false;
  }

  private static Picture picture(TUint8 image, PlainJpeg jpeg, int block, Orientation orientation) {
    ByteDataBuffer data = image.asRawTensor().data();
    int width = (int) image.shape().get(1);
    int row = width * jpeg.channels();
    long[] next = {0};
    float[] means =
        BlockMeans.of(
            (int) image.shape().get(0),
            width,
            jpeg.channels(),
            block / ratio(block),
            into -> {
              data.offset(next[0]).read(into, 0, row);
              next[0] += row;
            });
    return BlockMeans.upright(
        means,
        new PictureSide(jpeg.height(), block, 0),
        new PictureSide(jpeg.width(), block, 0),
        jpeg.channels(),
        orientation);
  }
}
