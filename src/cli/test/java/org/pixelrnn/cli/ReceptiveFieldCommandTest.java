package org.pixelrnn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pixelrnn.cli.Commands.assertRefused;
import static org.pixelrnn.cli.Commands.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pixelrnn.image.ImageFile;

/** The command {@code inspect --receptive-field}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceptiveFieldCommandTest {
  private Path folder;
  private TinyModel tiny;

  @BeforeAll
  void trainAndExport(@TempDir Path temporary) throws IOException {
    folder = temporary;
    tiny = TinyModel.in(folder);
  }

  @Test
  void measuresTheFieldThatTheDefinitionGives() throws IOException {
    Path plot = folder.resolve("field.png");
    String inspect = "inspect --model {} --receptive-field 20,14 --out {}";
    // A kernel of 7×7, then one of 3×3: three rows of 9 pixels, one of 8, and 4 to the left.
    assertEquals(
        "row 20, column 14 sees 39 of 574 earlier pixels; the definition gives the same set; "
            + plot,
        run(0, inspect, tiny.model(), plot).out().strip());
    assertTrue(ImageFile.decode(plot).getWidth() > 500);

    JsonObject facts = run(0, inspect + " --json", tiny.model(), plot).json();
    assertEquals(39, facts.get("seen_pixels").getAsInt());
    assertEquals(574, facts.get("earlier_pixels").getAsInt());
    assertEquals(39, facts.get("sub_pixels_seen_as_defined").getAsInt());
    assertEquals(0, facts.get("sub_pixels_seen_against_the_definition").getAsInt());
    assertEquals(0, facts.get("sub_pixels_not_seen_but_defined").getAsInt());
    JsonArray gradients = facts.getAsJsonArray("mean_gradients");
    assertTrue(gradient(gradients, 20, 13) > 0);
    assertEquals(0, gradient(gradients, 20, 14));
    assertEquals(0, gradient(gradients, 20, 9));
  }

  private static double gradient(JsonArray gradients, int row, int column) {
    return gradients.get(row).getAsJsonArray().get(column).getAsJsonArray().get(0).getAsDouble();
  }

  @Test
  void needsTheNetworkAndItsWeights() throws IOException {
    Path other = folder.resolve("other");
    Path provenance = other.resolve("1/assets.extra/pixelrnn.textproto");
    Path plot = folder.resolve("no-field.png");
    String inspect = "inspect --model {} --receptive-field 1,2 --out {}";
    run(0, "export --run-dir {} --to {}", tiny.run(), other);
    String written = Files.readString(provenance);

    Files.writeString(provenance, written.replaceFirst("layers: 1", "layers: 2"));
    assertRefused("weights", inspect, other, plot);
    Files.writeString(provenance, written.replaceFirst("h: 4", "h: 0"));
    assertRefused("model.h = 0", inspect, other, plot);
    Files.delete(provenance);
    assertRefused("no provenance", inspect, other, plot);
    assertFalse(Files.exists(plot));
  }
}
