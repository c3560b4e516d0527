package org.pixelrnn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.io.MoreFiles;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The reasons that exceptions of the Java library give, in a few words without the file's name. */
class InputExceptionTest {
  @TempDir private Path folder;

  private static String reason(Executable failing) {
    return InputException.reason(assertThrows(IOException.class, failing));
  }

  @Test
  void theReasonIsTheSameForOldAndNewClasses() throws IOException {
    Path none = folder.resolve("none (1).png");
    assertEquals("no such file", reason(() -> Files.newInputStream(none).close()));
    assertEquals("no such file", reason(() -> new FileInputStream(none.toFile()).close()));
    assertEquals("no such file", reason(() -> new RandomAccessFile(none.toFile(), "r").close()));
    assertEquals("Is a directory", reason(() -> Files.readString(folder)));
    assertEquals("Is a directory", reason(() -> new FileInputStream(folder.toFile()).close()));
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals("Not a directory", reason(() -> Files.readString(file.resolve("inner"))));
    assertEquals("not a folder", reason(() -> MoreFiles.listFiles(file)));
    assertEquals("the folder is not empty", reason(() -> Files.delete(folder)));
  }

  @Test
  void theMessageIsOneLineWhateverAFileIsCalled() {
    InputException e = new InputException("a\nb.png: \r\n\u001b[1m\u2028 no such file");
    assertEquals("a?b.png: ??[1m? no such file", e.getMessage());
  }

  @Test
  void everyReasonSaysSomething() {
    assertEquals(
        "permission denied",
        InputException.reason(new FileNotFoundException("a/b.png (Permission denied)")));
    assertEquals("missing", InputException.reason(new FileNotFoundException("missing")));
    assertEquals("not a folder", InputException.reason(new NotDirectoryException("a")));
    assertEquals(
        "the folder is not empty", InputException.reason(new DirectoryNotEmptyException("a")));
    assertEquals(
        "the link leads to a folder that contains it",
        InputException.reason(new FileSystemLoopException("a")));
    assertEquals(
        "No space left on device",
        InputException.reason(new FileSystemException("a", null, "No space left on device")));
    assertEquals("not UTF-8 text", InputException.reason(new MalformedInputException(1)));
    assertEquals("it ends too soon", InputException.reason(new EOFException()));
    assertEquals("IOException", InputException.reason(new IOException()));
    assertEquals("on one line", InputException.reason(new IOException(" on one\n  line\n")));
  }

  /** With several processes, TensorFlow names the process on a line before the reason. */
  @Test
  void tensorFlowsReasonIsItsFirstLine() {
    String text = "no space left [[save]]\n\t [[{{node save}}]]";
    assertEquals("no space left", InputException.reason(new IllegalStateException(text)));
    String named = "From /job:worker/replica:0/task:0:\n" + text;
    assertEquals("no space left", InputException.reason(new IllegalStateException(named)));
  }
}
