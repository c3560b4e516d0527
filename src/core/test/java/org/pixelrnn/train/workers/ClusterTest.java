package org.pixelrnn.train.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.collect.ImmutableList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.InputException;

class ClusterTest {
  private static Optional<Cluster> read(String text) {
    return Cluster.of(Map.of("TF_CONFIG", text.replace('\'', '"')));
  }

  @Test
  void isReadAsTensorFlowDescribesIt() {
    Cluster cluster =
        read("{'cluster': {'worker': ['a:1', '[::1]:2']}, 'task': {'type': 'worker', 'index': 1},"
                + " 'environment': 'cloud'}")
            .orElseThrow();
    assertEquals(new Cluster(ImmutableList.of("a:1", "[::1]:2"), 1), cluster);
    assertEquals("worker 1 ([::1]:2)", cluster.name(1));
    assertEquals(2, cluster.port());
  }

  @Test
  void aChiefIsWorkerZero() {
    String jobs = "{'cluster': {'worker': ['b:1', 'c:1'], 'chief': ['a:1']}, ";
    ImmutableList<String> all = ImmutableList.of("a:1", "b:1", "c:1");
    assertEquals(
        new Cluster(all, 0), read(jobs + "'task': {'type': 'chief', 'index': 0}}").orElseThrow());
    assertEquals(
        new Cluster(all, 2), read(jobs + "'task': {'type': 'worker', 'index': 1}}").orElseThrow());
  }

  @Test
  void oneWorkerIsNoCluster() {
    assertEquals(Optional.empty(), Cluster.of(Map.of()));
    assertEquals(Optional.empty(), read(""));
    assertEquals(
        Optional.empty(),
        read("{'cluster': {'worker': ['a:1']}, 'task': {'type': 'worker', 'index': '0'}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{|TF_CONFIG: not JSON; expected {\"cluster\": {...}, \"task\": {...}}",
        "3|TF_CONFIG: the whole text is 3; expected an object in braces",
        "{}|TF_CONFIG: `cluster` is missing; expected an object in braces",
        "{'cluster': {}}|TF_CONFIG: `cluster` has no worker; expected \"worker\": [\"host:port\","
            + " ...]",
        "{'cluster': {'worker': ['a:1'], 'ps': ['b:1']}}|TF_CONFIG: job `ps` in `cluster`; expected"
            + " `worker`, and perhaps `chief`",
        "{'cluster': {'worker': 'a:1'}}|TF_CONFIG: `worker` is \"a:1\"; expected a list of"
            + " addresses",
        "{'cluster': {'worker': ['a']}}|TF_CONFIG: an address of `worker` is \"a\"; expected"
            + " host:port",
        "{'cluster': {'worker': ['a:0']}}|TF_CONFIG: an address of `worker` is \"a:0\"; expected"
            + " host:port",
        "{'cluster': {'worker': ['a: 1']}}|TF_CONFIG: an address of `worker` is \"a: 1\"; expected"
            + " host:port",
        "{'cluster': {'worker': [7]}}|TF_CONFIG: an address of `worker` is 7; expected a text in"
            + " quotes",
        "{'cluster': {'worker': ['a:1', 'a:1']}}|TF_CONFIG: `cluster` has the same address twice:"
            + " a:1, a:1",
        "{'cluster': {'worker': ['a:1', 'b:1']}}|TF_CONFIG: `task` is missing; expected an object"
            + " in braces",
        "{'cluster': {'worker': ['a:1', 'b:1']}, 'task': {'type': 'ps', 'index': 0}}|TF_CONFIG:"
            + " `task.type` is \"ps\"; expected \"worker\" or \"chief\"",
        "{'cluster': {'worker': ['a:1', 'b:1']}, 'task': {'type': 'chief', 'index': 0}}|TF_CONFIG:"
            + " `task.type` is \"chief\", but `cluster` has no `chief`",
        "{'cluster': {'worker': ['a:1', 'b:1']}, 'task': {'type': 'worker', 'index':"
            + " 2}}|TF_CONFIG: `task.index` is 2; expected 0 to 1",
        "{'cluster': {'worker': ['a:1', 'b:1']}, 'task': {'type': 'worker'}}|TF_CONFIG:"
            + " `task.index` is missing; expected a whole number",
      })
  void aWrongDescriptionIsRefused(String text, String message) {
    assertEquals(message, assertThrows(InputException.class, () -> read(text)).getMessage());
  }
}
