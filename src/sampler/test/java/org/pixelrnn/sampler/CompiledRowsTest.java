package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.Images;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

class CompiledRowsTest {
  private static final int COMPILED = 2;
  private static final int SEEDS = 20;

  @AutoClose private static final TinyModels MODELS = new TinyModels();

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void theImagesAreTheSame(String name) {
    Sampler plain = MODELS.of(name);
    try (Sampler sampler = open(name)) {
      for (int seed = 0; seed < SEEDS; seed++) {
        for (int count : new int[] {COMPILED, COMPILED + 1}) {
          SampleRequest request = SampleRequest.of(count, seed).withTemperature(0.9f);
          Images expected = plain.sample(request);
          assertArrayEquals(expected.levels(), sampler.sample(request).levels());
          assertArrayEquals(expected.levels(), rowByRow(sampler, request).levels());
          assertArrayEquals(expected.levels(), inABatch(sampler, request).levels());
        }
      }
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void knownPixelsAreKept(String name) {
    Sampler plain = MODELS.of(name);
    Images images = plain.sample(COMPILED, 3, 1);
    boolean[] known = new boolean[images.shape().pixels()];
    for (int i = 0; i < known.length; i += 2) {
      known[i] = true;
    }
    try (Sampler sampler = open(name)) {
      for (int seed = 0; seed < SEEDS; seed++) {
        SampleRequest request = SampleRequest.completing(images, known, seed);
        Images expected = plain.sample(request);
        assertArrayEquals(expected.levels(), sampler.sample(request).levels());
        assertArrayEquals(expected.levels(), rowByRow(sampler, request).levels());
      }
    }
  }

  private static Sampler open(String name) {
    return Sampler.builder(TinyModels.folder(name)).compileFor(COMPILED).open();
  }

  private static Images rowByRow(Sampler sampler, SampleRequest request) {
    try (RowStream rows = sampler.rows(request)) {
      while (rows.next()) {
        assertTrue(rows.row() < sampler.shape().height());
      }
      return rows.images();
    }
  }

  private static Images inABatch(Sampler sampler, SampleRequest request) {
    try (RowBatch batch = sampler.rowBatch()) {
      BatchedRows rows = batch.join(request);
      while (!batch.isEmpty()) {
        assertEquals(List.of(rows), batch.next());
      }
      return rows.images();
    }
  }

  /** The mark tells TensorFlow to compile the call or to fail. */
  @ParameterizedTest
  @MethodSource("org.pixelrnn.sampler.TinyModels#names")
  void everyCallOfARowIsMarked(String name) throws IOException {
    GraphDef model = graph(TinyModels.folder(name).resolve("1"));
    int rows = 0;
    for (NodeDef node : nodes(CompiledRows.marked(model))) {
      boolean row =
          node.containsAttr("f")
              && node.getAttrOrThrow("f").getFunc().getName().startsWith("sample_row");
      assertEquals(row, node.containsAttr("_XlaMustCompile"), node.getName());
      rows += row ? 1 : 0;
    }
    // next_row and next_row_with_noise have one call each. The loop over rows has the third one.
    assertTrue(rows >= 3, rows + " calls of rows");
  }

  @Test
  void onlyTheNumbersThatWereAskedForAreCompiled() {
    Path version = TinyModels.folder("row-lstm").resolve("1");
    try (ModelSessions sessions = ModelSessions.load(version, 1, Set.of(1, 4))) {
      assertSame(sessions.sampling(1), sessions.sampling(4));
      assertNotSame(sessions.exported(), sessions.sampling(4));
      assertSame(sessions.exported(), sessions.sampling(2));
    }
    try (ModelSessions sessions = ModelSessions.load(version, 1, Set.of())) {
      assertSame(sessions.exported(), sessions.sampling(1));
    }
  }

  @Test
  void aClosedModelLeavesNoNativeObjectBehind() throws InterruptedException {
    try (Sampler sampler = open("pixelcnn")) {
      sampler.sample(COMPILED, 1, 1);
    }
    NativeObjects before = NativeObjects.count();
    try (Sampler sampler = open("pixelcnn")) {
      sampler.sample(COMPILED, 1, 1);
      before.assertSomeAreAlive();
    }
    before.assertNoneIsLeft();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -3})
  void aNumberOfImagesIsPositive(int count) {
    SamplerBuilder builder = Sampler.builder(TinyModels.folder("pixelcnn"));
    assertEquals(
        "compiled for " + count + " images, expected at least 1",
        assertThrows(IllegalArgumentException.class, () -> builder.compileFor(1, count))
            .getMessage());
  }

  @Test
  void anExportWithoutFunctionsOfRowsIsRefused(@TempDir Path folder) throws IOException {
    Path version = TinyModels.copy("pixelcnn", folder);
    Path file = version.resolve("saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    GraphDef.Builder graph = model.getMetaGraphsBuilder(0).getGraphDefBuilder();
    for (NodeDef.Builder node : graph.getNodeBuilderList()) {
      rename(node);
    }
    for (FunctionDef.Builder function : graph.getLibraryBuilder().getFunctionBuilderList()) {
      function.getNodeDefBuilderList().forEach(CompiledRowsTest::rename);
      String name = function.getSignature().getName();
      function.getSignatureBuilder().setName(name.replace("sample_row", "other"));
    }
    Files.write(file, model.build().toByteArray());
    try (Sampler sampler = Sampler.open(folder)) {
      assertEquals(1, sampler.sample(1, 0, 1).count());
    }
    SamplerBuilder builder = Sampler.builder(folder).compileFor(1);
    String message = assertThrows(NotAModelException.class, builder::open).getMessage();
    assertTrue(message.contains("no function `sample_row`"), message);
    assertTrue(message.contains(version.toString()), message);
  }

  private static void rename(NodeDef.Builder node) {
    if (node.containsAttr("f")) {
      String name = node.getAttrOrThrow("f").getFunc().getName();
      node.putAttr(
          "f",
          node.getAttrOrThrow("f").toBuilder()
              .setFunc(
                  node.getAttrOrThrow("f").getFunc().toBuilder()
                      .setName(name.replace("sample_row", "other")))
              .build());
    }
  }

  private static GraphDef graph(Path version) throws IOException {
    return SavedModel.parseFrom(Files.readAllBytes(version.resolve("saved_model.pb")))
        .getMetaGraphs(0)
        .getGraphDef();
  }

  private static List<NodeDef> nodes(GraphDef graph) {
    List<NodeDef> nodes = new ArrayList<>(graph.getNodeList());
    graph.getLibrary().getFunctionList().forEach(f -> nodes.addAll(f.getNodeDefList()));
    return nodes;
  }
}
