package org.pixelrnn.train.workers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gives every worker the texts of all workers, by two sums. First each worker adds the length of
 * its text, then the bytes of its text, where the others add zeros:
 *
 * <pre>
 *   worker 0   a  b  c  0  0  0
 *   worker 1   0  0  0  d  e  0
 *   worker 2   0  0  0  0  0  f
 * </pre>
 */
final class TextExchange {
  private TextExchange() {}

  static List<String> of(WorkerGroup workers, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    float[] lengths = new float[workers.count()];
    lengths[workers.index()] = bytes.length;
    int[] ends = new int[workers.count()];
    int end = 0;
    float[] all = workers.sum(lengths);
    for (int worker = 0; worker < ends.length; worker++) {
      end += (int) all[worker];
      ends[worker] = end;
    }
    float[] own = new float[end];
    int first = ends[workers.index()] - bytes.length;
    for (int i = 0; i < bytes.length; i++) {
      own[first + i] = bytes[i] & 0xff;
    }
    byte[] together = new byte[end];
    float[] sums = workers.sum(own);
    for (int i = 0; i < end; i++) {
      together[i] = (byte) (int) sums[i];
    }
    List<String> texts = new ArrayList<>();
    int from = 0;
    for (int to : ends) {
      texts.add(new String(Arrays.copyOfRange(together, from, to), StandardCharsets.UTF_8));
      from = to;
    }
    return texts;
  }
}
