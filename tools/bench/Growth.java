import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows what training, validation and sampling cost as images and networks grow. Some minutes for
 * the sizes below; other sizes are arguments.
 *
 * <pre>
 *   tools/bench/run Growth [ARCHITECTURE HEIGHT WIDTH CHANNELS LAYERS]...
 * </pre>
 *
 * <p>The first table has a line for each network, see {@link GrowthCase}. Each network is measured
 * in a process of its own, so that its memory is its own. The second table has the exponents of
 * {@link GrowthExponents}.
 */
final class Growth {
  private static final List<String> ARCHITECTURES =
      List.of("pixel_cnn", "row_lstm", "diagonal_bilstm");

  private static final List<String> SIZES = List.of("28 28 1 3", "32 32 3 3", "64 64 3 3");

  /** The first argument of the process that measures one network. */
  private static final String CASE = "case";

  private Growth() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    if (arguments.length > 0 && arguments[0].equals(CASE)) {
      GrowthCase.print(List.of(arguments).subList(1, arguments.length));
      return;
    }
    if (arguments.length % 5 != 0) {
      System.err.println("expected for each network: ARCHITECTURE HEIGHT WIDTH CHANNELS LAYERS");
      System.exit(2);
    }
    System.out.println(GrowthCase.HEADER);
    for (List<String> network : networks(List.of(arguments))) {
      inProcessOfItsOwn(network);
    }
    System.out.println();
    System.out.println(GrowthExponents.HEADER);
    for (String architecture : ARCHITECTURES) {
      System.out.println(GrowthExponents.of(architecture).line(architecture));
    }
  }

  private static List<List<String>> networks(List<String> arguments) {
    List<List<String>> networks = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i += 5) {
      networks.add(arguments.subList(i, i + 5));
    }
    if (networks.isEmpty()) {
      for (String architecture : ARCHITECTURES) {
        for (String size : SIZES) {
          networks.add(List.of((architecture + " " + size).split(" ")));
        }
      }
    }
    return networks;
  }

  /** Runs {@link GrowthCase} with the JVM and the options of this process. */
  private static void inProcessOfItsOwn(List<String> network)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "Growth", CASE));
    command.addAll(network);
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      System.out.println(String.join(" ", network) + ": failed");
    }
  }
}
