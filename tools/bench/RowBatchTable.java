import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.sampler.RowBatch;
import org.pixelrnn.sampler.RowStream;
import org.pixelrnn.sampler.SampleRequest;
import org.pixelrnn.sampler.Sampler;

/**
 * Measures requests of one image that share the work of a batch, and the same one after another.
 */
final class RowBatchTable {
  private static final int REQUESTS = 32;

  private RowBatchTable() {}

  /** Prints a line for each model folder; without arguments, for the shipped models. */
  public static void main(String[] models) throws IOException {
    String[] folders =
        models.length > 0
            ? models
            : new String[] {
              "savedmodels/mnist-pixelcnn",
              "savedmodels/mnist-row-lstm",
              "savedmodels/mnist-diagonal-bilstm",
              "savedmodels/mnist-diagonal-bilstm-7",
              "savedmodels/cifar10-pixelcnn"
            };
    System.out.printf(
        "%-28s %16s %16s %8s%n", "model", "alone [images/s]", "batch [images/s]", "times");
    for (String folder : folders) {
      print(Path.of(folder));
    }
  }

  private static void print(Path model) throws IOException {
    Path again = Files.createTempDirectory("pixelrnn-bench");
    try (Sampler sampler = Sampler.open(SavedModelExport.again(model, again))) {
      double alone = REQUESTS / Measure.seconds(() -> alone(sampler));
      double batch = REQUESTS / Measure.seconds(() -> batch(sampler));
      System.out.printf(
          "%-28s %16.1f %16.1f %8.2f%n", model.getFileName(), alone, batch, batch / alone);
    }
    MoreFiles.deleteRecursively(again, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  private static void alone(Sampler sampler) {
    for (int i = 0; i < REQUESTS; i++) {
      try (RowStream rows = sampler.rows(SampleRequest.of(1, i))) {
        while (rows.next()) {}
      }
    }
  }

  private static void batch(Sampler sampler) {
    try (RowBatch batch = sampler.rowBatch()) {
      for (int i = 0; i < REQUESTS; i++) {
        batch.join(SampleRequest.of(1, i));
      }
      while (!batch.isEmpty()) {
        batch.next();
      }
    }
  }
}
