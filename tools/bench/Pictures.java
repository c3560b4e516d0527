import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Photographs;
import org.pixelrnn.image.WantedSize;

/**
 * How many photographs of 4000×3000 pixels are read each second, by one thread and by one for each
 * core, and how far the levels are from those of the whole picture.
 *
 * <pre>tools/bench/run Pictures</pre>
 */
final class Pictures {
  private static final int HEIGHT = 3000;
  private static final int WIDTH = 4000;
  private static final int TYPE_3BYTE_BGR = 5;
  private static final double SECONDS = 4;

  private Pictures() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("grain  quality  megabytes  image        threads  pictures/s  most levels");
    for (int grain : new int[] {3, 12}) {
      for (float quality : new float[] {0.85f, 0.95f}) {
        byte[] jpeg =
            Photographs.jpeg(Photographs.of(HEIGHT, WIDTH, TYPE_3BYTE_BGR, grain), quality, 0);
        Path file = Files.createTempFile("photograph", ".jpg");
        Files.write(file, jpeg);
        for (int side : new int[] {32, 64, 128}) {
          ImageShape shape = new ImageShape(side, side, 3, 256);
          int difference = difference(file, shape);
          for (int threads : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
            System.out.printf(
                Locale.ROOT,
                "%5d  %7.2f  %9.1f  %-11s  %7d  %10.1f  %11d%n",
                grain,
                quality,
                jpeg.length / 1e6,
                side + "×" + side + "×3",
                threads,
                rate(file, shape, threads),
                difference);
          }
        }
        Files.delete(file);
      }
    }
  }

  private static int difference(Path file, ImageShape shape) {
    // For so large an image a picture is read whole.
    byte[] whole =
        ImageFile.apply(file, new WantedSize(HEIGHT, WIDTH), picture -> picture.values(shape));
    byte[] read = ImageFile.read(file, shape);
    int most = 0;
    for (int i = 0; i < read.length; i++) {
      int difference = Byte.toUnsignedInt(whole[i]) - Byte.toUnsignedInt(read[i]);
      most = Math.max(most, Math.abs(difference));
    }
    return most;
  }

  private static double rate(Path file, ImageShape shape, int threads) throws Exception {
    ExecutorService readers = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    List<Future<Integer>> counts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Callable<Integer> reader =
          () -> {
            int count = 0;
            while (System.nanoTime() - start < SECONDS * 1e9) {
              ImageFile.read(file, shape);
              count++;
            }
            return count;
          };
      counts.add(readers.submit(reader));
    }
    int all = 0;
    for (Future<Integer> count : counts) {
      all += count.get();
    }
    readers.shutdown();
    return all / ((System.nanoTime() - start) / 1e9);
  }
}
