package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.data.Datasets;
import org.pixelrnn.data.ImageDataset;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.Evaluation;
import org.pixelrnn.evaluate.ImageScore;
import org.pixelrnn.evaluate.Ranking;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.pixelrnn.image.SampleGrid;
import org.pixelrnn.proto.v1.DataConfig;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.records.PathText;
import org.pixelrnn.records.TfRecordFraming;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;

/**
 * Folders and files with names that are not ASCII, and with names that are not UTF-8. In the locale
 * C, Java cannot spell any of them.
 */
@EnabledOnOs(OS.LINUX)
class EveryNameTest {
  private static final SmallRun RUN = SmallRun.pixelCnn();

  @TempDir private Path folder;

  @Test
  void theLibraryWorksInFoldersThatAreNotUtf8() throws IOException {
    Path bytes = make(folder, "x%FFy");
    writeData(folder);
    Path model = bytes.resolve("model");
    try (Training training = training(bytes, folder, 1)) {
      training.run();
    }
    try (Training training = training(bytes, folder, 2)) {
      training.run().export(model);
    }
    assertTrue(nats(model, folder).contains(" images: "));
    InputException refused =
        assertThrows(InputException.class, () -> StartingModel.of(model.resolve("1")));
    assertTrue(refused.getMessage().contains("this name is not UTF-8"), refused.getMessage());
  }

  @Test
  @Tag("slow")
  void theLibraryWorksInTheCLocale() throws Exception {
    Path all = Files.createDirectory(folder.resolve("all"));
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Path umlauts = make(all, "gr%C3%B6%C3%9Fe%20%E5%9B%BE");
    Path bytes = make(all, "x%FFy");
    writeData(umlauts);
    try (Training training = training(umlauts, umlauts, 6)) {
      training.run();
    }
    Process process =
        process(
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            EveryNameTest.class.getName(),
            all.toString());
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertEquals(0, process.waitFor(), printed);
    for (Path each : List.of(umlauts, bytes)) {
      assertTrue(printed.contains(nats(each.resolve("model/2"), umlauts)), printed);
      assertTrue(Files.exists(each.resolve("grid.png")));
    }
    assertTrue(printed.contains("x?y/model/2: this name is not UTF-8"), printed);
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(
          List.of(),
          left.filter(file -> file.getFileName().toString().startsWith("pixelrnn-")).toList());
    }
  }

  private static Process process(String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.command().add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    builder.environment().put("LC_ALL", "C");
    return builder.redirectErrorStream(true).start();
  }

  private static Path make(Path parent, String escaped) throws IOException {
    Path made = Path.of(URI.create(parent.toUri() + escaped));
    try {
      return Files.createDirectory(made);
    } catch (FileSystemException e) {
      assumeTrue(false, "this file system has names in UTF-8 only");
      return made;
    }
  }

  /** 24 pictures, ten of which have the same name as text, and a file of records. */
  private static void writeData(Path parent) throws IOException {
    Path pictures = make(parent, "%F0%9F%99%82");
    for (int i = 0; i < 24; i++) {
      BufferedImage picture = new BufferedImage(4, 6, BufferedImage.TYPE_BYTE_GRAY);
      picture.setRGB(i % 4, i / 4, 0xffffff);
      String name = i < 12 ? "%C3%A4" + i : "%F" + (i - 12) % 10 + "%FF".repeat(i / 22);
      ImageFile.write(picture, Path.of(URI.create(pictures.toUri() + name + ".png")));
    }
    Path records = Path.of(URI.create(parent.toUri() + "%C3%A4%FF.tfrecord"));
    byte[] png = Files.readAllBytes(Path.of(URI.create(pictures.toUri() + "%C3%A40.png")));
    Feature encoded =
        Feature.newBuilder()
            .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFrom(png)))
            .build();
    try (OutputStream out = Files.newOutputStream(records)) {
      TfRecordFraming.write(
          out,
          Example.newBuilder()
              .setFeatures(Features.newBuilder().putFeature("image/encoded", encoded))
              .build()
              .toByteArray());
    }
  }

  private static String data(Path parent) {
    return "folder:" + PathText.of(parent) + "/🙂";
  }

  private static Training training(Path parent, Path dataParent, long until) {
    return Training.builder(RUN.config())
        .data(data(dataParent))
        .runDirectory(parent.resolve("run"))
        .threads(1)
        .maxSteps(until)
        .build();
  }

  private static String nats(Path model, Path dataParent) {
    ImageShape shape = ImageShape.of(RUN.config().getModel());
    try (Sampler sampler = Sampler.open(model);
        ImageDataset data =
            Datasets.open(data(dataParent), DataConfig.getDefaultInstance(), shape)) {
      Likelihood measured = Evaluation.of(sampler, data).split(Split.TRAIN).measure();
      Ranking ranking = Ranking.of(sampler, data).splits(List.of(Split.TRAIN));
      List<ImageScore> scores = ranking.measure();
      if (scores.size() != measured.getImages()
          || !scores.get(0).name().startsWith(data(dataParent).replace("folder:", ""))) {
        throw new AssertionError(scores.toString());
      }
      return measured.getImages() + " images: " + measured.getNatsPerImage();
    }
  }

  /** Uses the library in each folder of a folder. The first of them has the data. */
  public static void main(String[] all) throws IOException {
    List<Path> folders;
    try (Stream<Path> found = Files.list(Path.of(all[0]))) {
      folders = found.sorted().toList();
    }
    Path first = folders.get(0);
    for (Path folder : folders) {
      use(folder, first);
    }
    ImageShape shape = ImageShape.of(RUN.config().getModel());
    String records = "tfrecord:" + PathText.of(first) + "/*.tfrecord";
    try (ImageDataset data = Datasets.open(records, DataConfig.getDefaultInstance(), shape)) {
      data.read(Split.TRAIN, 0, 0, new byte[shape.dimensions()]);
    }
  }

  private static void use(Path folder, Path first) {
    Path model = folder.resolve("model");
    try (Training training = training(folder, first, 12)) {
      training.run().export(model);
    }
    Path version = SavedModelExport.again(model, model);
    System.out.println(nats(version, first));
    Path picture = folder.resolve("grid.png");
    try (Sampler sampler = Sampler.open(model)) {
      Images images = sampler.sample(2, 1, 1);
      sampler.complete(images, new boolean[2 * 6 * 4], 1, 1);
      ImageFile.write(SampleGrid.of(images), picture);
      ImageFile.read(picture, sampler.shape());
    }
    LearningCurve curve = LearningCurve.of(RunDirectory.open(folder.resolve("run")));
    if (curve.training().size() != 12) {
      throw new AssertionError(curve.training().keySet().toString());
    }
    try (Training again =
        Training.builder(RUN.config())
            .data(data(first))
            .runDirectory(folder.resolve("again"))
            .startingFrom(version)
            .maxSteps(1)
            .build()) {
      again.run();
    } catch (InputException e) {
      System.out.println(e.getMessage());
    }
  }
}
