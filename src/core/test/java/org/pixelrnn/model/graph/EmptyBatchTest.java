package org.pixelrnn.model.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.model.Sessions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** An empty batch is padded with one image, another batch with none; both are cut back. */
class EmptyBatchTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void paddingIsAddedToAnEmptyBatchOnlyAndCutOffAgain(int n) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> images =
          tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 2, 3)));
      Operand<TInt32> size = BatchSize.of(tf, images);
      Operand<TUint8> padded = EmptyBatch.padded(tf, images);
      Operand<TUint8> batchSecond = tf.linalg.transpose(padded, tf.constant(new int[] {1, 0, 2}));
      assertArrayEquals(new long[] {-1, 2, 3}, padded.shape().asArray());
      try (Session session = Sessions.unoptimized(graph);
          TUint8 batch = TUint8.tensorOf(Shape.of(n, 2, 3));
          Result result =
              session
                  .runner()
                  .feed(images, batch)
                  .fetch(size)
                  .fetch(BatchSize.of(tf, batchSecond, 1))
                  .fetch(padded)
                  .fetch(EmptyBatch.cut(tf, padded, size))
                  .fetch(EmptyBatch.cut(tf, batchSecond, size, 1))
                  .run()) {
        assertEquals(n, ((TInt32) result.get(0)).getInt());
        assertEquals(Math.max(n, 1), ((TInt32) result.get(1)).getInt());
        assertShape(result.get(2), Math.max(n, 1), 2, 3);
        assertShape(result.get(3), n, 2, 3);
        assertShape(result.get(4), 2, n, 3);
      }
    }
  }

  private static void assertShape(Tensor tensor, long... shape) {
    assertArrayEquals(shape, tensor.shape().asArray());
  }
}
