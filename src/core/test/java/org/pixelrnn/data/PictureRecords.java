package org.pixelrnn.data;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.pixelrnn.records.TfRecordFraming;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

/** Makes TFRecord files of pictures, as {@link TfRecordPictures} reads them. */
final class PictureRecords {
  private PictureRecords() {}

  /** A feature of one byte string. */
  static Feature bytes(byte... value) {
    ByteString string = ByteString.copyFrom(value);
    return Feature.newBuilder().setBytesList(BytesList.newBuilder().addValue(string)).build();
  }

  /** A feature of one integer. */
  static Feature integer(long value) {
    return Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(value)).build();
  }

  /** A record: a {@code tf.Example} with these features. */
  static byte[] example(Features.Builder features) {
    return Example.newBuilder().setFeatures(features).build().toByteArray();
  }

  /** A record: a picture with {@code image/raw}, {@code [height, width, channels]}. */
  static byte[] raw(int height, int width, byte... values) {
    return example(
        Features.newBuilder()
            .putFeature("image/raw", bytes(values))
            .putFeature("image/height", integer(height))
            .putFeature("image/width", integer(width)));
  }

  /** The content of a file of these records. */
  static byte[] file(Iterable<byte[]> records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      for (byte[] record : records) {
        TfRecordFraming.write(out, record);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
