package org.pixelrnn.cli;

import com.google.gson.Gson;
import com.google.protobuf.TextFormat;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.Sampler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn inspect}. */
@Command(
    name = "inspect",
    description = "Show what an exported model is: its images, signatures and origin.")
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    NativeChatter.silence();
    try (Sampler sampler = Sampler.open(model.folder)) {
      if (json) {
        out.println(new Gson().toJson(facts(sampler)));
        return 0;
      }
      out.println(sampler.version());
      out.println("images: " + sampler.shape());
      out.println("parameters: " + sampler.parameters());
      out.println("signatures:");
      sampler.signatures().forEach(signature -> out.println("  " + signature));
      sampler
          .provenance()
          .ifPresent(
              origin -> {
                out.println("provenance:");
                TextFormat.printer()
                    .printToString(origin)
                    .lines()
                    .forEach(line -> out.println("  " + line));
              });
    }
    return 0;
  }

  private static Map<String, Object> facts(Sampler sampler) {
    ImageShape shape = sampler.shape();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", sampler.version().toString());
    facts.put("height", shape.height());
    facts.put("width", shape.width());
    facts.put("channels", shape.channels());
    facts.put("levels", shape.levels());
    facts.put("parameters", sampler.parameters());
    facts.put("signatures", List.copyOf(sampler.signatures()));
    sampler.provenance().ifPresent(origin -> addTo(facts, origin));
    return facts;
  }

  private static void addTo(Map<String, Object> facts, Provenance origin) {
    facts.put(
        "architecture", origin.getModel().getArchitectureCase().name().toLowerCase(Locale.ROOT));
    facts.put("h", origin.getModel().getH());
    facts.put("layers", origin.getModel().getLayers());
    facts.put("dataset", origin.getDataset());
    facts.put("dataset_digest", origin.getDatasetDigest());
    facts.put("steps", origin.getSteps());
    facts.put("seed", origin.getSeed());
    facts.put("library_version", origin.getLibraryVersion());
    if (origin.hasMeasured()) {
      Likelihood measured = origin.getMeasured();
      facts.put("measured_split", measured.getSplit());
      facts.put("measured_images", measured.getImages());
      facts.put("nats_per_image", measured.getNatsPerImage());
      facts.put("bits_per_dim", measured.getBitsPerDim());
      facts.put("standard_error_nats", measured.getStandardErrorNats());
    }
  }
}
