package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Run;
import org.pixelrnn.proto.v1.RunConfig;
import org.pixelrnn.proto.v1.Stage;
import org.pixelrnn.proto.v1.TrainingConfig;
import org.pixelrnn.records.TfRecordFraming;

class LearningCurveTest {
  @TempDir private Path folder;
  private RunDirectory run;

  @BeforeEach
  void batchesOfTen() {
    TrainingConfig training = TrainingConfig.newBuilder().setBatchSize(10).build();
    RunConfig config = RunConfig.newBuilder().setTraining(training).build();
    run = RunDirectory.begun(folder, Run.newBuilder().setConfig(config).build());
  }

  @Test
  void isBitsByImagesSeen() throws IOException {
    try (Log log = new Log(run, 0)) {
      log.training(1, 8.0);
      log.training(2, 4.0);
      log.validation(2, 5.0);
    }
    LearningCurve curve = LearningCurve.of(run);
    assertEquals(Map.of(10L, 8.0, 20L, 4.0), curve.training());
    assertEquals(Map.of(20L, 5.0), curve.validation());
  }

  @Test
  void stepsTakenAgainReplaceThoseOfBefore() throws IOException {
    try (Log log = new Log(run, 0)) {
      for (int step = 1; step <= 4; step++) {
        log.training(step, 8);
        log.validation(step, 8);
      }
    }
    try (Log log = new Log(run, 2)) {
      log.training(3, 4.0);
    }
    LearningCurve curve = LearningCurve.of(run);
    assertEquals(Map.of(10L, 8.0, 20L, 8.0, 30L, 4.0), curve.training());
    assertEquals(Map.of(10L, 8.0, 20L, 8.0), curve.validation());
  }

  @Test
  void whatAKillCutOffIsLeftOut() throws IOException {
    try (Log log = new Log(run, 0)) {
      log.validation(1, 8.0);
      log.training(1, 8.0);
      log.training(2, 4.0);
    }
    Path file;
    try (Stream<Path> files = Files.list(run.events())) {
      file = files.findAny().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    for (int missing : new int[] {1, 4, 10, 40}) {
      Files.write(file, Arrays.copyOf(whole, whole.length - missing));
      assertEquals(1, LearningCurve.of(run).training().size(), missing + " bytes less");
    }
  }

  @Test
  void otherFilesAndFoldersAreSkipped() throws IOException {
    try (Log log = new Log(run, 0)) {
      log.validation(1, 8.0);
    }
    Files.writeString(run.events().resolve("notes.txt"), "0123456789 not a record, not an event");
    Files.createDirectory(run.events().resolve("plugins.tfevents"));
    // macOS leaves such a file beside each file that it copies to a foreign disk.
    Files.writeString(run.events().resolve("._events.out.tfevents.1"), "Mac OS X        ");
    assertEquals(Map.of(10L, 8.0), LearningCurve.of(run).validation());
  }

  /** Random bytes say that a record has up to 2^63 bytes. */
  @Test
  void aDamagedFileIsNamed() throws IOException {
    Path file;
    try (Log log = new Log(run, 0)) {
      log.validation(1, 8.0);
    }
    try (Stream<Path> files = Files.list(run.events())) {
      file = files.findAny().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    byte[] noise = new byte[100];
    new Random(1).nextBytes(noise);
    byte[] damagedData = whole.clone();
    damagedData[14] ^= 1;
    // A whole record, but not of an event: a field of wire type 7.
    ByteArrayOutputStream foreign = new ByteArrayOutputStream();
    TfRecordFraming.write(foreign, new byte[] {7, 7, 7});
    for (byte[] damaged : List.of(noise, damagedData, foreign.toByteArray())) {
      Files.write(file, damaged);
      InputException e = assertThrows(InputException.class, () -> LearningCurve.of(run));
      assertTrue(
          e.getMessage()
              .startsWith(
                  folder
                      + ": no validation can be read; "
                      + file
                      + ": is not a whole file of TensorBoard events: "),
          e.getMessage());
    }
  }

  /** A foreign file, a file that is damaged in its middle, and a whole one. */
  @Test
  void whatIsNotDamagedIsDrawn() throws IOException {
    try (Log log = new Log(run, 0)) {
      log.validation(1, 8.0);
      log.training(1, 7.0);
      log.validation(2, 6.0);
    }
    Path file;
    try (Stream<Path> files = Files.list(run.events())) {
      file = files.findAny().orElseThrow();
    }
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length - 10] ^= 1;
    Files.write(file, damaged);
    byte[] noise = new byte[100];
    new Random(1).nextBytes(noise);
    Files.write(run.events().resolve("aaa.tfevents.noise"), noise);
    Files.createDirectory(run.events().resolve("aaa.tfevents.folder"));
    try (Log log = new Log(run, 1)) {
      log.training(2, 5.0);
      log.validation(3, 4.0);
    }
    LearningCurve curve = LearningCurve.of(run);
    assertEquals(Map.of(10L, 8.0, 30L, 4.0), curve.validation());
    assertEquals(Map.of(10L, 7.0, 20L, 5.0), curve.training());
  }

  /** The length and its checksum are right, and the bytes are there: holes of a file. */
  @Test
  void aHugeRecordIsNotReadIntoMemory() throws IOException {
    try (Log log = new Log(run, 0)) {
      log.validation(1, 8.0);
    }
    byte[] length = new byte[8];
    length[3] = 0x7f;
    ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    header.put(length).putInt(TfRecordFraming.checksum(length));
    try (RandomAccessFile huge =
        new RandomAccessFile(run.events().resolve("zzz.tfevents").toFile(), "rw")) {
      huge.write(header.array());
      huge.setLength(3L << 30);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    assertEquals(Map.of(10L, 8.0), LearningCurve.of(run).validation());
    long used = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertTrue(used < 1 << 26, used + " bytes");
  }

  @Test
  void anEventOfAStepThatThereIsNotIsDamage() throws IOException {
    for (long step : new long[] {-1, Long.MAX_VALUE / 10, Long.MAX_VALUE}) {
      try (Log log = new Log(run, 0)) {
        log.validation(1, 8.0);
        log.training(step, 8.0);
        log.validation(2, 8.0);
      }
      assertEquals(Map.of(10L, 8.0), LearningCurve.of(run).validation());
    }
  }

  @Test
  void withoutValidationThereIsNone() throws IOException {
    InputException none = assertThrows(InputException.class, () -> LearningCurve.of(run));
    assertEquals(folder + ": training has not begun here", none.getMessage());
    try (Log log = new Log(run, 0)) {
      log.training(1, 8.0);
    }
    InputException soon = assertThrows(InputException.class, () -> LearningCurve.of(run));
    assertEquals(
        folder + ": nothing has been validated yet; validation follows each epoch",
        soon.getMessage());
  }

  /** What a run writes down, one event at a time. */
  private record Log(TensorBoardLog written) implements AutoCloseable {
    private static final ImageShape SHAPE = new ImageShape(1, 1, 1, 2);

    Log(RunDirectory directory, long firstStep) {
      this(new TensorBoardLog());
      written.began(
          null,
          new TrainingEvent.Began(
              Stage.WHOLE,
              directory.path(),
              SHAPE,
              10,
              firstStep,
              100,
              Optional.empty(),
              Optional.empty(),
              0));
    }

    void training(long step, double bits) {
      written.stepTaken(
          new TrainingEvent.StepTaken(Stage.WHOLE, step, 99, bits, 1, 1, 1, Optional.empty()));
    }

    void validation(long step, double bits) {
      written.validated(
          new TrainingEvent.Validated(
              Stage.WHOLE,
              step,
              Likelihood.newBuilder().setBitsPerDim(bits).build(),
              Images.of(SHAPE, new byte[1])));
    }

    @Override
    public void close() {
      written.ended(
          new TrainingEvent.Ended(Stage.WHOLE, 100, EndReason.FINISHED, Optional.empty()));
    }
  }
}
