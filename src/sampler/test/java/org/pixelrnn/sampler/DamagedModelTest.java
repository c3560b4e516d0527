package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.Images;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A damaged model is refused in one line that names its folder: when it is opened if TensorFlow
 * notices the damage then, otherwise when it is used.
 */
class DamagedModelTest {
  private static final String DATA = "variables/variables.data-00000-of-00001";
  private static final String INDEX = "variables/variables.index";
  private static final String GRAPH = "saved_model.pb";

  @TempDir private Path folder;
  private Path version;

  @BeforeEach
  void aModel() {
    version = TinyModels.copy("pixelcnn", folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {GRAPH, INDEX, DATA})
  void aFileThatIsCutOffIsRefused(String name) throws IOException {
    Path file = version.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertNotOpened();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {GRAPH, INDEX, DATA})
  void aFileOfZerosIsRefused(String name) throws IOException {
    Path file = version.resolve(name);
    Files.write(file, new byte[(int) Files.size(file)]);
    assertNotOpened();
  }

  @ParameterizedTest
  @ValueSource(strings = {GRAPH, INDEX, DATA})
  void aFileThatIsMissingIsRefused(String name) throws IOException {
    Files.delete(version.resolve(name));
    assertNotOpened();
  }

  @ParameterizedTest
  @ValueSource(strings = {"row-lstm", "pixelcnn-colour", "multi-scale"})
  void theVariablesOfAnotherModelAreRefused(String other) throws IOException {
    Path from = TinyModels.copy(other, folder.resolve("other"));
    for (String name : List.of(INDEX, DATA)) {
      Files.delete(version.resolve(name));
      Files.copy(from.resolve(name), version.resolve(name));
    }
    assertNotOpened();
  }

  /** TensorFlow says so with an exception that is no TensorFlowException. */
  @Test
  void aGraphThatIsNotSoundIsRefused() throws IOException {
    edit(graph -> node(graph, 5).setName("no such characters: \n"));
    assertNotOpened();
    edit(graph -> node(graph, 5).addInput("nothing"));
    assertNotOpened();
    edit(graph -> node(graph, 5).setOp("NoSuchOperation"));
    assertNotOpened();
    edit(graph -> node(graph, 5).clearAttr());
    assertNotOpened();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample", "complete", "log_prob", "logits", "start", "next_row"})
  void aSignatureThatCannotBeCalledIsRefused(String name) throws IOException {
    edit(graph -> withoutInputs(graph, name));
    assertFails(name);
  }

  private static void withoutInputs(MetaGraphDef.Builder graph, String name) {
    SignatureDef signature = graph.getSignatureDefOrThrow(name);
    graph.putSignatureDef(name, signature.toBuilder().clearInputs().build());
  }

  /** The signature's outputs are those of another one. */
  @ParameterizedTest
  @ValueSource(strings = {"sample", "complete", "log_prob", "next_row"})
  void outputsOfAnotherSizeAreRefused(String name) throws IOException {
    edit(
        graph -> {
          SignatureDef.Builder signature = graph.getSignatureDefOrThrow(name).toBuilder();
          SignatureDef other =
              graph.getSignatureDefOrThrow(name.equals("sample") ? "next_row" : "sample");
          signature.putAllInputs(other.getInputsMap());
          String output =
              name.equals("next_row")
                  ? "values"
                  : signature.getOutputsMap().keySet().iterator().next();
          signature.putOutputs(output, signature.getInputsMap().values().iterator().next());
          graph.putSignatureDef(name, signature.build());
        });
    assertFails(name);
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "pixelcnn, sample",
    "pixelcnn, complete",
    "pixelcnn, log_prob",
    "pixelcnn, logits",
    "pixelcnn, start",
    "pixelcnn, next_row",
    "pixelcnn, next_row_with_noise",
    "multi-scale, sample_small",
    "multi-scale, complete_small",
    "multi-scale, upscale",
    "multi-scale, reduce"
  })
  void aWarmUpFindsASignatureThatFails(String model, String name) throws IOException {
    version = TinyModels.copy(model, folder.resolve("warm"));
    edit(model, graph -> withoutInputs(graph, name));
    SamplerBuilder builder = Sampler.builder(version).warmUp(true);
    assertRefused(name, assertThrows(NotAModelException.class, builder::open));
  }

  /** Four images, whatever the number that is asked for. */
  @Test
  void tooManyImagesAreRefused() throws IOException {
    edit(
        graph -> {
          TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
          for (int size : new int[] {4, 3, 3, 1}) {
            shape.addDimBuilder().setSize(size);
          }
          TensorProto images =
              TensorProto.newBuilder()
                  .setDtype(DataType.DT_UINT8)
                  .setTensorShape(shape)
                  .setTensorContent(ByteString.copyFrom(new byte[36]))
                  .build();
          graph
              .getGraphDefBuilder()
              .addNodeBuilder()
              .setName("four_images")
              .setOp("Const")
              .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_UINT8).build())
              .putAttr("value", AttrValue.newBuilder().setTensor(images).build());
          SignatureDef.Builder sample = graph.getSignatureDefOrThrow("sample").toBuilder();
          TensorInfo output = sample.getOutputsOrThrow("images");
          sample.putOutputs("images", output.toBuilder().setName("four_images:0").build());
          graph.putSignatureDef("sample", sample.build());
        });
    assertFails("sample");
  }

  private void assertNotOpened() {
    String message =
        assertThrows(NotAModelException.class, () -> Sampler.open(version)).getMessage();
    assertTrue(message.startsWith(version + ": "), message);
    assertEquals(1, message.lines().count(), message);
  }

  /** Checks that the use of a signature is refused. */
  private void assertFails(String signature) {
    try (Sampler sampler = Sampler.open(version)) {
      Images images = Images.of(sampler.shape(), new byte[2 * sampler.shape().dimensions()]);
      Executable use =
          switch (signature) {
            case "sample" -> () -> sampler.sample(2, 1, 1);
            case "complete" ->
                () -> sampler.complete(images, new boolean[sampler.shape().pixels()], 1, 1);
            case "log_prob" -> () -> sampler.logProb(images);
            case "logits" -> () -> sampler.logits(images);
            default -> () -> sampler.sample(2, 1, 1, (row, levels) -> {});
          };
      assertRefused(signature, assertThrows(NotAModelException.class, use));
      if (signature.equals("logits")) {
        assertThrows(NotAModelException.class, () -> sampler.logProbByChannel(images));
        assertThrows(NotAModelException.class, () -> sampler.pixelBits(images));
      }
    }
  }

  private void assertRefused(String signature, NotAModelException refusal) {
    String message = refusal.getMessage();
    assertTrue(message.startsWith(version + ": `" + signature + "` fails ("), message);
    assertEquals(1, message.lines().count(), message);
  }

  private static NodeDef.Builder node(MetaGraphDef.Builder graph, int number) {
    return graph.getGraphDefBuilder().getNodeBuilder(number);
  }

  /** A change to a graph. */
  @FunctionalInterface
  private interface Change {
    void apply(MetaGraphDef.Builder graph);
  }

  /** Changes the graph of the whole model. */
  private void edit(Change change) throws IOException {
    edit("pixelcnn", change);
  }

  private void edit(String name, Change change) throws IOException {
    Path whole = TinyModels.folder(name).resolve("1").resolve(GRAPH);
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(whole)).toBuilder();
    change.apply(model.getMetaGraphsBuilder(0));
    Files.write(version.resolve(GRAPH), model.build().toByteArray());
  }
}
