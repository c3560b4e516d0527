package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.data.Split;
import org.pixelrnn.evaluate.Evaluation;
import org.pixelrnn.export.MeasuredReceptiveField;
import org.pixelrnn.export.SavedModelExport;
import org.pixelrnn.image.Images;
import org.pixelrnn.sampler.Sampler;
import org.tensorflow.proto.SavedModel;

/** Everything that the library writes and returns is the same in locales with other digits. */
@Tag("slow")
class EveryLocaleTest {
  private static final Locale USUAL = Locale.getDefault();
  private static final SmallRun RUN = SmallRun.pixelCnn();

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(USUAL);
  }

  @Test
  void allOutputIsTheSameInEgypt() throws IOException {
    assertSameAsInRoot(RUN, Locale.forLanguageTag("ar-EG"));
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "mr-IN", "hi-IN-u-nu-deva", "th-TH-u-nu-thai", "tr-TR"})
  void allOutputIsTheSameElsewhere(String tag) throws IOException {
    assertSameAsInRoot(RUN.atTwoScales(), Locale.forLanguageTag(tag));
  }

  private void assertSameAsInRoot(SmallRun run, Locale locale) throws IOException {
    Locale.setDefault(Locale.ROOT);
    SortedMap<String, String> usual = outputs(run);
    Locale.setDefault(locale);
    SortedMap<String, String> found = outputs(run);
    assertEquals(usual.keySet(), found.keySet());
    usual.forEach((name, bytes) -> assertTrue(bytes.equals(found.get(name)), name));
    assertTrue(usual.size() > 20, usual.keySet().toString());
    assertEquals(locale, Locale.getDefault());
    assertEquals(locale, Locale.getDefault(Locale.Category.FORMAT));
  }

  /** All files and numbers by their names. The folders are always the same, as they are written. */
  private SortedMap<String, String> outputs(SmallRun run) throws IOException {
    Path all = Files.createDirectory(folder.resolve("all"));
    Path trained = all.resolve("run");
    Path model = all.resolve("model");
    SortedMap<String, String> outputs = new TreeMap<>();
    run.train(trained, 4);
    TrainingResult result = run.train(trained, 6);
    outputs.put("result", result.toString());
    Path version = SavedModelExport.again(result.export(model), model);
    try (Sampler sampler = Sampler.open(model)) {
      Images images = sampler.sample(3, 1, 1);
      outputs.put("sampled", HexFormat.of().formatHex(images.levels()));
      outputs.put("signatures", sampler.signatures().toString());
      outputs.put("by channel", Arrays.toString(sampler.logProbByChannel(images)));
      outputs.put(
          "evaluated",
          Evaluation.of(sampler, new SmallRun.Edges()).split(Split.TEST).measure().toString());
    }
    if (!run.config().getModel().hasMultiScale()) {
      outputs.put(
          "receptive field",
          Arrays.deepToString(MeasuredReceptiveField.of(version, 3, 2).strengths()));
      try (Training again = run.builder(all.resolve("again"), 1).startingFrom(version).build()) {
        again.run();
      }
    }
    RunDirectory directory = RunDirectory.open(trained);
    directory
        .stages()
        .forEach(
            stage ->
                outputs.put(
                    "curve of " + stage, LearningCurve.of(directory.stage(stage)).toString()));
    for (Path file : files(all)) {
      outputs.put(all.relativize(file).toString(), content(file));
    }
    MoreFiles.deleteRecursively(all, RecursiveDeleteOption.ALLOW_INSECURE);
    return outputs;
  }

  /** Events are left out, because their names and contents tell the time. */
  private static List<Path> files(Path all) throws IOException {
    try (Stream<Path> files = Files.walk(all)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("tfevents"))
          .toList();
    }
  }

  private static String content(Path file) throws IOException {
    if (file.endsWith("saved_model.pb")) {
      // Its order differs each time: TensorFlow writes attributes and the nodes of functions in
      // any.
      SavedModel model = SavedModel.parseFrom(Files.readAllBytes(file));
      return model.toString().lines().sorted().collect(Collectors.joining("\n"));
    }
    return file.toString().endsWith(".textproto")
        ? Files.readString(file)
        : HexFormat.of().formatHex(Files.readAllBytes(file));
  }
}
