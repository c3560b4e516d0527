package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.Stage;

// No method of a lock is called while it is held.
@SuppressWarnings("try")
class RunLockTest {
  private static final List<Stage> WHOLE = List.of(Stage.WHOLE);

  @TempDir private Path folder;

  @Test
  void aFolderIsForOneRunOfThisProcess() throws IOException {
    try (RunLock lock = RunLock.of(folder, WHOLE)) {
      Path link =
          Files.createSymbolicLink(folder.resolveSibling(folder.getFileName() + "-link"), folder);
      for (Path same : List.of(folder, link, folder.resolve("."))) {
        InputException e = assertThrows(InputException.class, () -> RunLock.of(same, WHOLE));
        assertEquals(
            same + ": another run of this process is training in this folder", e.getMessage());
      }
      Files.delete(link);
      assertTrue(Files.exists(folder.resolve("lock")));
    }
    RunLock.of(folder, WHOLE).close();
  }

  @Test
  void aFolderIsForOneProcess() throws Exception {
    try (RunLock lock = RunLock.of(folder, WHOLE)) {
      String refused = folder + ": another process is training in this folder";
      assertEquals(refused, otherProcess(folder));
      // A refused run of this process must not drop the lock.
      assertThrows(InputException.class, () -> RunLock.of(folder, WHOLE));
      assertEquals(refused, otherProcess(folder));
    }
    assertEquals("locked", otherProcess(folder));
  }

  @Test
  void eachStageIsLockedByItself() throws IOException {
    Path run = folder.resolve("run");
    try (RunLock small = RunLock.of(run, List.of(Stage.SMALL))) {
      InputException e =
          assertThrows(
              InputException.class, () -> RunLock.of(run, List.of(Stage.FULL, Stage.SMALL)));
      assertTrue(e.getMessage().startsWith(run.resolve("small") + ": "), e.getMessage());
      assertFalse(Files.exists(run.resolve("full")));
      RunLock.of(run, List.of(Stage.FULL)).close();
      assertTrue(Files.exists(run.resolve("small/lock")));
    }
    assertFalse(Files.exists(run));
  }

  @Test
  void whatWasThereBeforeStays() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    RunLock.of(run, List.of(Stage.SMALL, Stage.FULL)).close();
    assertTrue(Files.exists(run));
    assertFalse(Files.exists(run.resolve("small")));
    Path file = Files.createFile(run.resolve("notes"));
    RunLock lock = RunLock.of(run, WHOLE);
    Path begun = Files.createFile(run.resolve("run.textproto"));
    lock.close();
    assertTrue(Files.exists(file));
    assertTrue(Files.exists(begun));
    assertTrue(Files.exists(run.resolve("lock")), "the lock of a run stays");
  }

  @Test
  void saysWhyAFolderCannotBeMade() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    InputException e =
        assertThrows(InputException.class, () -> RunLock.of(file.resolve("run"), WHOLE));
    assertTrue(e.getMessage().startsWith(file + "/run: cannot be written to: "), e.getMessage());
  }

  /** Tries to lock a folder in another process, and returns what that process prints. */
  private static String otherProcess(Path folder) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return printed.strip();
  }

  /** The other process. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] folder) {
      try (RunLock lock = RunLock.of(Path.of(folder[0]), WHOLE)) {
        System.out.println("locked");
      } catch (InputException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
