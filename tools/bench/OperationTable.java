import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.StepStats;

/** Shows where the time of a step goes, by operation, from TensorFlow's step statistics. */
final class OperationTable {
  private OperationTable() {}

  private static final class Total {
    private long micros;
    private int calls;
  }

  /** Prints the 20 operations that take longest. Calls of functions are left out. */
  static void print(StepStats statistics) {
    Map<String, Total> byOperation = new HashMap<>();
    long all = 0;
    for (DeviceStepStats device : statistics.getDevStatsList()) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        String operation = operation(node);
        if (operation.equals("PartitionedCall")) {
          continue;
        }
        Total total = byOperation.computeIfAbsent(operation, o -> new Total());
        long micros = node.getOpEndRelMicros() - node.getOpStartRelMicros();
        total.micros += micros;
        total.calls++;
        all += micros;
      }
    }
    long sum = all;
    System.out.printf("%-28s %8s %10s %8s%n", "operation", "calls", "ms", "share");
    byOperation.entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().micros))
        .limit(20)
        .forEach(
            e ->
                System.out.printf(
                    "%-28s %8d %10.2f %7.1f%%%n",
                    e.getKey(),
                    e.getValue().calls,
                    e.getValue().micros / 1000.0,
                    100.0 * e.getValue().micros / sum));
    System.out.printf("%-28s %8s %10.2f%n", "all", "", sum / 1000.0);
  }

  /** Finds the operation in a label {@code name = Operation(inputs)}. */
  private static String operation(NodeExecStats node) {
    String label = node.getTimelineLabel();
    int equals = label.indexOf(" = ");
    int bracket = label.indexOf('(', equals);
    return equals < 0 || bracket < 0 ? node.getNodeName() : label.substring(equals + 3, bracket);
  }
}
