package org.pixelrnn.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.image.InputException;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

class SignatureFunctionTest {
  private static final TinyModels MODELS = new TinyModels();
  private static final Sampler MODEL = MODELS.of("row-lstm");
  private static final ImageShape SHAPE = MODEL.shape();

  @AfterAll
  static void close() {
    MODELS.close();
  }

  private static TensorProto.Builder tensor(DataType type, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorProto.newBuilder().setDtype(type).setTensorShape(shape);
  }

  private static TensorProto.Builder imagesTensor(long n) {
    return tensor(DataType.DT_UINT8, n, SHAPE.height(), SHAPE.width(), SHAPE.channels());
  }

  private static Map<String, TensorProto> sampleInputs(int count, float temperature) {
    return Map.of(
        "count", tensor(DataType.DT_INT32).addIntVal(count).build(),
        "seed", tensor(DataType.DT_INT64).addInt64Val(1).build(),
        "temperature", tensor(DataType.DT_FLOAT).addFloatVal(temperature).build());
  }

  private static Map<String, TensorProto> call(String name, Map<String, TensorProto> inputs) {
    return MODEL.functions().get(name).call(inputs, Set.of());
  }

  @Test
  void listsEverySignature() {
    assertEquals(MODEL.signatures().size(), MODEL.functions().size());
    assertTrue(MODEL.functions().containsKey("serving_default"));
  }

  @Test
  void callsWhatTheSamplerCalls() {
    Images expected = MODEL.sample(3, 1, 1);
    TensorProto images = call("sample", sampleInputs(3, 1)).get("images");
    assertEquals(3, images.getTensorShape().getDim(0).getSize());
    List<Byte> levels = images.getIntValList().stream().map(Integer::byteValue).toList();
    assertArrayEquals(expected.levels(), Bytes.toArray(levels));
    TensorProto logProb =
        call(
                "log_prob",
                Map.of(
                    "images",
                    imagesTensor(3)
                        .setTensorContent(ByteString.copyFrom(expected.levels()))
                        .build()))
            .get("log_prob");
    assertArrayEquals(MODEL.logProb(expected), Floats.toArray(logProb.getFloatValList()));
  }

  /** A list that is shorter than its tensor ends with the number that stands for all others. */
  @Test
  void theLastNumberOfAListIsRepeated() {
    byte[] levels = new byte[SHAPE.dimensions()];
    for (int i = 1; i < levels.length; i++) {
      levels[i] = 1;
    }
    TensorProto listed = imagesTensor(1).addAllIntVal(Ints.asList(0, 1)).build();
    assertArrayEquals(
        MODEL.logProb(Images.of(SHAPE, levels)),
        Floats.toArray(
            call("log_prob", Map.of("images", listed)).get("log_prob").getFloatValList()));
    TensorProto zeros = imagesTensor(1).build();
    assertArrayEquals(
        MODEL.logProb(Images.of(SHAPE, new byte[levels.length])),
        Floats.toArray(
            call("log_prob", Map.of("images", zeros)).get("log_prob").getFloatValList()));
  }

  @Test
  void returnsTheOutputsThatAreAskedFor() {
    SignatureFunction logProb = MODEL.functions().get("log_prob");
    Map<String, TensorProto> inputs = Map.of("images", imagesTensor(2).build());
    assertEquals(Set.of("log_prob", "bits_per_dim"), logProb.call(inputs, Set.of()).keySet());
    assertEquals(Set.of("log_prob"), logProb.call(inputs, Set.of("log_prob")).keySet());
    assertEquals(2 * 4, logProb.outputBytes(2, Set.of("log_prob")));
    assertEquals(2 * 8, logProb.outputBytes(2, Set.of()));
    assertThrows(InputException.class, () -> logProb.call(inputs, Set.of("nothing")));
  }

  @Test
  void aStateGoesBackIntoTheModel() {
    Map<String, TensorProto> state = new HashMap<>();
    state.putAll(call("start", Map.of("count", sampleInputs(2, 1).get("count"))));
    Images expected = MODEL.sample(2, 1, 1);
    for (int row = 0; row < SHAPE.height(); row++) {
      state.putAll(sampleInputs(2, 1));
      state.remove("count");
      state.put("row", tensor(DataType.DT_INT32).addIntVal(row).build());
      state.put(
          "known_values", tensor(DataType.DT_UINT8, 2, SHAPE.width(), SHAPE.channels()).build());
      state.put("known", tensor(DataType.DT_BOOL, 2, SHAPE.width()).build());
      state = new HashMap<>(call("next_row", state));
      TensorProto values = state.remove("values");
      int size = SHAPE.width() * SHAPE.channels();
      assertEquals(expected.levels()[row * size], values.getIntVal(0), "first level of row " + row);
    }
  }

  private static void assertWrong(String message, String name, Map<String, TensorProto> inputs) {
    InputException wrong = assertThrows(InputException.class, () -> call(name, inputs));
    assertEquals(message, wrong.getMessage());
  }

  @Test
  void wrongInputsAreRefusedInOneSentence() {
    String full = "[-1, %s, %s, %s]".formatted(SHAPE.height(), SHAPE.width(), SHAPE.channels());
    assertWrong("input `images` is missing; expected [images]", "log_prob", Map.of());
    assertWrong(
        "unknown input `image`; expected [images]",
        "log_prob",
        Map.of("image", imagesTensor(1).build()));
    assertWrong(
        "input `images` is DT_FLOAT; expected DT_UINT8",
        "log_prob",
        Map.of("images", imagesTensor(1).setDtype(DataType.DT_FLOAT).build()));
    assertWrong(
        "input `images` has shape [1, 2]; expected " + full,
        "log_prob",
        Map.of("images", tensor(DataType.DT_UINT8, 1, 2).build()));
    assertWrong(
        "input `images` has 3 bytes; expected " + SHAPE.dimensions(),
        "log_prob",
        Map.of(
            "images", imagesTensor(1).setTensorContent(ByteString.copyFrom(new byte[3])).build()));
    assertWrong(
        "input `images` has 2 numbers; expected at most 0",
        "log_prob",
        Map.of("images", imagesTensor(0).addAllIntVal(Ints.asList(0, 1)).build()));
    assertWrong(
        "input `images` has 300; expected 0 to 255",
        "log_prob",
        Map.of("images", imagesTensor(1).addIntVal(300).build()));
    assertWrong(
        "input `images` has level 255; expected 0 to " + (SHAPE.levels() - 1),
        "log_prob",
        Map.of("images", imagesTensor(1).addIntVal(255).build()));
    assertWrong("count = -1; expected at least 0", "sample", sampleInputs(-1, 1));
    assertWrong(
        "temperature = NaN; expected a finite number of at least 0",
        "sample",
        sampleInputs(1, Float.NaN));
  }

  @Test
  void imagesOfAllInputsAreAsMany() {
    Map<String, TensorProto> inputs = new HashMap<>(sampleInputs(1, 1));
    inputs.remove("count");
    inputs.put("images", imagesTensor(2).build());
    inputs.put("known", tensor(DataType.DT_BOOL, 3, SHAPE.height(), SHAPE.width()).build());
    assertWrong("input `known` has 3 images; another input has 2", "complete", inputs);
    assertEquals(5, MODEL.functions().get("sample").images(sampleInputs(5, 1)));
  }
}
