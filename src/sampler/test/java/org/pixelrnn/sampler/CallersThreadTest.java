package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The thread of the caller samples one image by itself. It would wait longer for other threads to
 * take over its small operations than the operations last.
 */
class CallersThreadTest {
  @AutoClose private static final TinyModels MODELS = new TinyModels();

  @ParameterizedTest
  @CsvSource({"1, true", "2, false"})
  void oneImageIsSampledByTheCaller(int count, boolean byTheCaller) {
    Sampler sampler = MODELS.of("row-lstm");
    sampler.sample(count, 1, 1);
    double share = 0;
    for (int round = 0; round < 5; round++) {
      // In early rounds the JVM's compiler needs much of the time of the process.
      share = Math.max(share, shareOfThisThread(sampler, count));
    }
    assertEquals(byTheCaller, share > 0.5, share + " of the time of the process");
  }

  private static double shareOfThisThread(Sampler sampler, int count) {
    var threads = ManagementFactory.getThreadMXBean();
    var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long thread = threads.getCurrentThreadCpuTime();
    long all = process.getProcessCpuTime();
    for (int i = 0; i < 100; i++) {
      sampler.sample(count, i, 1);
    }
    return (double) (threads.getCurrentThreadCpuTime() - thread)
        / (process.getProcessCpuTime() - all);
  }
}
