import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.StepStats;

/** Shows where the time of a step goes, by operation, from TensorFlow's step statistics. */
final class OperationTable {
  /** Operations that move numbers or change their format, and compute none. */
  private static final Set<String> MOVES =
      Set.of(
          "Assign",
          "BroadcastTo",
          "Cast",
          "Concat",
          "ConcatV2",
          "Const",
          "ConstantFolding",
          "ExpandDims",
          "Fill",
          "Gather",
          "GatherNd",
          "GatherV2",
          "Identity",
          "IdentityN",
          "MirrorPad",
          "NoOp",
          "OneHot",
          "Pack",
          "Pad",
          "PadV2",
          "Placeholder",
          "Range",
          "ReadVariableOp",
          "Reshape",
          "ReverseV2",
          "ScatterNd",
          "Shape",
          "ShapeN",
          "Slice",
          "Split",
          "SplitV",
          "Squeeze",
          "StridedSlice",
          "StridedSliceGrad",
          "TensorListGetItem",
          "TensorListSetItem",
          "TensorListReserve",
          "TensorListStack",
          "Tile",
          "Transpose",
          "Unpack",
          "VariableV2",
          "_Arg",
          "_Retval",
          "_Recv",
          "_Send",
          "_HostRecv",
          "_HostSend",
          "_SOURCE",
          "_SINK",
          // Control flow.
          "Enter",
          "Exit",
          "LoopCond",
          "Merge",
          "NextIteration",
          "Switch",
          "Assert");

  /** Operations whose time is that of the operations inside them. */
  private static final Set<String> CALLS =
      Set.of(
          "PartitionedCall",
          "StatefulPartitionedCall",
          "While",
          "StatelessWhile",
          "If",
          "StatelessIf",
          "Case");

  private OperationTable() {}

  /** Calls and microseconds of one operation. */
  private record Total(int calls, long micros) {
    Total plus(Total other) {
      return new Total(calls + other.calls, micros + other.micros);
    }

    static Total shorter(Total a, Total b) {
      return a.micros <= b.micros ? a : b;
    }
  }

  /** Prints the 20 operations that take longest in one run. */
  static void print(StepStats statistics) {
    print(List.of(statistics), 20);
  }

  /**
   * Prints the operations that take longest, and the share of those that compute nothing. Calls of
   * functions are left out.
   *
   * @param runs the statistics of the same graph, run several times; the shortest time of each
   *     operation counts, because other load on the machine makes single ones long
   */
  static void print(List<StepStats> runs, int lines) {
    Map<String, Total> byNode = new HashMap<>();
    runs.forEach(run -> ofNodes(run).forEach((n, t) -> byNode.merge(n, t, Total::shorter)));
    Map<String, Total> byOperation = new HashMap<>();
    byNode.forEach(
        (node, total) ->
            byOperation.merge(node.substring(0, node.indexOf(' ')), total, Total::plus));
    long all = byOperation.values().stream().mapToLong(Total::micros).sum();
    System.out.printf("%-40s %8s %10s %8s%n", "operation", "calls", "ms", "share");
    byOperation.entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().micros))
        .limit(lines)
        .forEach(e -> line(e.getKey() + (isMove(e.getKey()) ? " *" : ""), e.getValue(), all));
    line("all", byNode.values().stream().reduce(new Total(0, 0), Total::plus), all);
    Total moves =
        byOperation.entrySet().stream()
            .filter(e -> isMove(e.getKey()))
            .map(Map.Entry::getValue)
            .reduce(new Total(0, 0), Total::plus);
    line("* no arithmetic", moves, all);
  }

  private static void line(String label, Total total, long all) {
    System.out.printf(
        Locale.ROOT,
        "%-40s %8d %10.2f %7.1f%%%n",
        label,
        total.calls,
        total.micros / 1000.0,
        100.0 * total.micros / all);
  }

  /** The time of each node, by the name of its operation and its own name. */
  private static Map<String, Total> ofNodes(StepStats statistics) {
    Map<String, Total> byNode = new HashMap<>();
    for (DeviceStepStats device : statistics.getDevStatsList()) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        String operation = operation(node);
        if (!CALLS.contains(operation)) {
          long micros = node.getOpEndRelMicros() - node.getOpStartRelMicros();
          byNode.merge(operation + " " + node.getNodeName(), new Total(1, micros), Total::plus);
        }
      }
    }
    return byNode;
  }

  private static boolean isMove(String operation) {
    return MOVES.contains(operation.replaceFirst("^_Mkl(Native)?", ""));
  }

  /** Finds the operation in a label {@code name = Operation(inputs)}. */
  private static String operation(NodeExecStats node) {
    String label = node.getTimelineLabel();
    int equals = label.indexOf(" = ");
    int bracket = label.indexOf('(', equals);
    return equals < 0 || bracket < 0 ? node.getNodeName() : label.substring(equals + 3, bracket);
  }
}
