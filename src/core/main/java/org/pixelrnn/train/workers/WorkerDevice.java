package org.pixelrnn.train.workers;

import org.tensorflow.DeviceSpec;

/** The names of the workers' devices. */
final class WorkerDevice {
  /** The job of TensorFlow's cluster that all workers belong to. */
  static final String JOB = "worker";

  private WorkerDevice() {}

  /** The name of a task without its devices. */
  static String task(int worker) {
    return "/job:" + JOB + "/replica:0/task:" + worker;
  }

  /** The cores of a worker. */
  static DeviceSpec cores(int worker) {
    return of(worker, DeviceSpec.DeviceType.CPU);
  }

  /** The first GPU of a worker. */
  static DeviceSpec gpu(int worker) {
    return of(worker, DeviceSpec.DeviceType.GPU);
  }

  private static DeviceSpec of(int worker, DeviceSpec.DeviceType type) {
    return DeviceSpec.newBuilder()
        .job(JOB)
        .replica(0)
        .task(worker)
        .deviceType(type)
        .deviceIndex(0)
        .build();
  }
}
