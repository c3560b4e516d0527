package org.pixelrnn.train.workers;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pixelrnn.image.InputException;

/**
 * The workers that train together, as the environment variable {@code TF_CONFIG} describes them:
 *
 * <pre>{@code
 * {"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}
 * }</pre>
 *
 * <p>If there is a job {@code chief}, its one task is worker 0, and the tasks of {@code worker}
 * come after it.
 *
 * @param addresses {@code host:port} of each worker
 * @param index the number of this process among them
 */
public record Cluster(ImmutableList<String> addresses, int index) {
  /** The name of the environment variable. */
  public static final String VARIABLE = "TF_CONFIG";

  /**
   * Reads the description of the cluster.
   *
   * @return empty if the environment has none, or if it describes one worker only
   * @throws InputException if the description is wrong
   */
  public static Optional<Cluster> of(Map<String, String> environment) {
    String text = environment.getOrDefault(VARIABLE, "");
    if (text.isBlank()) {
      return Optional.empty();
    }
    Cluster cluster = parse(text);
    return cluster.addresses.size() == 1 ? Optional.empty() : Optional.of(cluster);
  }

  private static Cluster parse(String text) {
    JsonObject whole = object(json(text), "the whole text");
    JsonObject jobs = object(whole.get("cluster"), "`cluster`");
    for (String job : jobs.keySet()) {
      if (!job.equals("chief") && !job.equals("worker")) {
        throw wrong("job `" + job + "` in `cluster`; expected `worker`, and perhaps `chief`");
      }
    }
    List<String> chief = addresses(jobs, "chief");
    List<String> workers = addresses(jobs, "worker");
    if (chief.size() > 1) {
      throw wrong("`chief` has " + chief.size() + " addresses; expected one");
    }
    ImmutableList<String> all =
        ImmutableList.<String>builder().addAll(chief).addAll(workers).build();
    if (all.isEmpty()) {
      throw wrong("`cluster` has no worker; expected \"worker\": [\"host:port\", ...]");
    }
    if (new HashSet<>(all).size() < all.size()) {
      throw wrong("`cluster` has the same address twice: " + String.join(", ", all));
    }
    JsonObject task = object(whole.get("task"), "`task`");
    boolean isChief = text(task.get("type"), "`task.type`").equals("chief");
    if (isChief && chief.isEmpty()) {
      throw wrong("`task.type` is \"chief\", but `cluster` has no `chief`");
    }
    if (!isChief && !text(task.get("type"), "`task.type`").equals("worker")) {
      throw wrong("`task.type` is " + task.get("type") + "; expected \"worker\" or \"chief\"");
    }
    int most = isChief ? chief.size() : workers.size();
    int index = index(task.get("index"));
    if (index < 0 || index >= most) {
      throw wrong("`task.index` is " + index + "; expected 0 to " + (most - 1));
    }
    return new Cluster(all, isChief ? 0 : chief.size() + index);
  }

  private static JsonElement json(String text) {
    try {
      return JsonParser.parseString(text);
    } catch (JsonSyntaxException e) {
      throw new InputException(
          VARIABLE + ": not JSON; expected {\"cluster\": {...}, \"task\": {...}}", e);
    }
  }

  private static JsonObject object(JsonElement element, String where) {
    if (element == null || !element.isJsonObject()) {
      throw wrong(where + " is " + inWords(element) + "; expected an object in braces");
    }
    return element.getAsJsonObject();
  }

  private static List<String> addresses(JsonObject jobs, String job) {
    JsonElement list = jobs.get(job);
    if (list == null) {
      return List.of();
    }
    if (!list.isJsonArray()) {
      throw wrong("`" + job + "` is " + list + "; expected a list of addresses");
    }
    List<String> addresses = new ArrayList<>();
    list.getAsJsonArray().forEach(each -> addresses.add(address(each, job)));
    return addresses;
  }

  private static String address(JsonElement element, String job) {
    String text = text(element, "an address of `" + job + "`");
    try {
      HostAndPort address = HostAndPort.fromString(text);
      boolean hasHost =
          !address.getHost().isEmpty() && CharMatcher.whitespace().matchesNoneOf(text);
      if (hasHost && address.getPortOrDefault(0) > 0) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // The message below says what was expected.
    }
    throw wrong("an address of `" + job + "` is \"" + text + "\"; expected host:port");
  }

  private static String text(JsonElement element, String where) {
    if (element == null || !element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
      throw wrong(where + " is " + inWords(element) + "; expected a text in quotes");
    }
    return element.getAsString();
  }

  /** Some schedulers write the number as a text. */
  private static int index(JsonElement element) {
    try {
      if (element != null && element.isJsonPrimitive()) {
        return Integer.parseInt(element.getAsString());
      }
    } catch (NumberFormatException e) {
      // The message below says what was expected.
    }
    throw wrong("`task.index` is " + inWords(element) + "; expected a whole number");
  }

  private static String inWords(JsonElement element) {
    return element == null ? "missing" : element.toString();
  }

  private static InputException wrong(String what) {
    return new InputException(VARIABLE + ": " + what);
  }

  /** The address of a worker. Its name is looked up now. */
  InetSocketAddress lookUp(int worker) {
    HostAndPort address = HostAndPort.fromString(addresses.get(worker));
    return new InetSocketAddress(address.getHost(), address.getPort());
  }

  /** The number and the address of a worker, as messages name it. */
  public String name(int worker) {
    return "worker " + worker + " (" + addresses.get(worker) + ")";
  }

  /** The port at which this process listens. */
  int port() {
    return HostAndPort.fromString(addresses.get(index)).getPort();
  }
}
