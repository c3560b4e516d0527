package org.pixelrnn.cli;

import com.google.gson.Gson;
import com.google.protobuf.TextFormat;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pixelrnn.export.MeasuredReceptiveField;
import org.pixelrnn.image.ImageFile;
import org.pixelrnn.image.ImageShape;
import org.pixelrnn.image.Images;
import org.pixelrnn.plot.DistributionPlot;
import org.pixelrnn.proto.v1.Likelihood;
import org.pixelrnn.proto.v1.ModelConfig;
import org.pixelrnn.proto.v1.Provenance;
import org.pixelrnn.sampler.Sampler;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pixelrnn inspect}. */
@Command(
    name = "inspect",
    description = {
      "Show an exported model: its images, parameters, signatures and provenance.",
      "",
      "With --softmax, plot the distribution of one sub-pixel. With --receptive-field, plot the pixels"
          + " that one pixel sees."
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @ArgGroup(exclusive = false)
  private Plot plot;

  /** A plot in place of the facts. */
  static final class Plot {
    @ArgGroup(multiplicity = "1")
    private Subject subject;

    @Option(
        names = "--out",
        paramLabel = "FILE.png",
        converter = PictureFile.class,
        required = true,
        description = "Write the plot to this file.")
    private Path out;
  }

  static final class Subject {
    @ArgGroup(exclusive = false)
    private Softmax softmax;

    @Option(
        names = "--receptive-field",
        paramLabel = "r,c",
        description =
            "Plot the receptive field of the pixel in this row and column, counted from 0. It is"
                + " measured by gradients, and compared with the definition of the network.")
    private String receptiveField;
  }

  /** The distribution of one sub-pixel in a picture. */
  static final class Softmax {
    @Option(
        names = "--softmax",
        paramLabel = "r,c,channel",
        required = true,
        description =
            "Plot the distribution of the sub-pixel in this row, column and channel, counted from 0,"
                + " given all earlier sub-pixels of --image.")
    private String subPixel;

    @Option(
        names = "--image",
        paramLabel = "FILE",
        required = true,
        description = "The picture: " + ImageFile.FORMATS + ", of any size.")
    private Path image;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (plot != null) {
      PictureFile.checkJson(json, plot.out);
      out = PictureFile.words(spec, plot.out);
    }
    try (Sampler sampler = Sampler.open(model.folder)) {
      if (plot != null && plot.subject.softmax != null) {
        plotSoftmax(sampler, plot.subject.softmax, out);
        return 0;
      }
      if (plot != null) {
        plotReceptiveField(sampler, out);
        return 0;
      }
      if (json) {
        out.println(new Gson().toJson(facts(sampler)));
        return 0;
      }
      printFacts(sampler, out);
    }
    return 0;
  }

  private static void printFacts(Sampler sampler, PrintWriter out) {
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

  private void plotReceptiveField(Sampler sampler, PrintWriter out) {
    ImageShape shape = sampler.shape();
    int[] pixel =
        Coordinates.parse(
            "--receptive-field",
            plot.subject.receptiveField,
            "row,column",
            shape.height(),
            shape.width());
    ReceptiveFieldReport report =
        new ReceptiveFieldReport(MeasuredReceptiveField.of(sampler.version(), pixel[0], pixel[1]));
    report.plot(plot.out);
    out.println(json ? new Gson().toJson(report.facts()) : report + "; " + plot.out);
  }

  private void plotSoftmax(Sampler sampler, Softmax softmax, PrintWriter out) {
    ImageShape shape = sampler.shape();
    SubPixel at = SubPixel.parse(softmax.subPixel, shape);
    Images image = Images.read(softmax.image, shape);
    double[] probabilities = at.distribution(sampler.logits(image));
    int actual = image.level(0, at.row(), at.column(), at.channel());
    String title = at + " given all earlier sub-pixels; it is " + actual;
    ImageFile.write(DistributionPlot.of(probabilities, actual, title), plot.out);
    double bits = -Math.log(probabilities[actual]) / Math.log(2);
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("actual", actual);
      facts.put("bits", bits);
      facts.put("probabilities", probabilities);
      out.println(new Gson().toJson(facts));
    } else {
      out.printf(Locale.ROOT, "%s has level %d: %.3f bits; %s%n", at, actual, bits, plot.out);
    }
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
    ModelConfig model = origin.getModel();
    facts.put("architecture", model.getArchitectureCase().name().toLowerCase(Locale.ROOT));
    if (model.hasMultiScale()) {
      facts.put("factor", model.getMultiScale().getFactor());
      facts.put("small", network(model.getMultiScale().getSmall()));
      facts.put("full", network(model.getMultiScale().getFull()));
      facts.put("small_steps", origin.getSmallSteps());
    } else {
      facts.put("h", model.getH());
      facts.put("layers", model.getLayers());
    }
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
      if (measured.hasStandardErrorNats()) {
        facts.put("standard_error_nats", measured.getStandardErrorNats());
      }
    }
  }

  private static Map<String, Object> network(ModelConfig network) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("architecture", network.getArchitectureCase().name().toLowerCase(Locale.ROOT));
    facts.put("h", network.getH());
    facts.put("layers", network.getLayers());
    return facts;
  }
}
