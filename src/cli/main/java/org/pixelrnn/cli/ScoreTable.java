package org.pixelrnn.cli;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.pixelrnn.evaluate.ImageScore;

/** The scores of images as text: CSV for programs, the first lines for people, JSON. */
final class ScoreTable {
  private ScoreTable() {}

  /**
   * All scores as CSV (RFC 4180, but with line feeds alone): the header {@code
   * name,nats,bits_per_dim}, then a row for each image.
   */
  static String csv(List<ImageScore> scores) {
    StringBuilder csv = new StringBuilder("name,nats,bits_per_dim\n");
    for (ImageScore score : scores) {
      csv.append(quoted(score.name())).append(',').append(numbers(score, "%.4f,%.6f")).append('\n');
    }
    return csv.toString();
  }

  private static String quoted(String name) {
    boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /**
   * The first scores as a table.
   *
   * @param rows the number of images; the last line says how many others there are
   */
  static String head(List<ImageScore> scores, int rows) {
    StringBuilder table = new StringBuilder("      nats  bits/dim  image\n");
    for (ImageScore score : scores.subList(0, Math.min(rows, scores.size()))) {
      table.append(numbers(score, "%10.2f  %8.4f  ")).append(printable(score.name())).append('\n');
    }
    if (scores.size() > rows) {
      table
          .append("... and ")
          .append(scores.size() - rows)
          .append(" likelier images; --out FILE.csv writes all\n");
    }
    return table.toString();
  }

  /** A name on one line, without characters that would change the terminal. */
  static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  private static String numbers(ImageScore score, String format) {
    return String.format(Locale.ROOT, format, score.nats(), score.bitsPerDim());
  }

  /**
   * Writes all scores as one JSON object on one line.
   *
   * @param bound true if the scores are upper bounds
   */
  static void writeJson(List<ImageScore> scores, boolean bound, Writer out) throws IOException {
    // Not closed: the writer is not this method's.
    JsonWriter json = new JsonWriter(out);
    json.beginObject().name("images").value(scores.size());
    if (bound) {
      json.name("bound").value(true);
    }
    json.name("scores").beginArray();
    for (ImageScore score : scores) {
      json.beginObject()
          .name("name")
          .value(score.name())
          .name("nats")
          .value(score.nats())
          .name("bits_per_dim")
          .value(score.bitsPerDim())
          .endObject();
    }
    json.endArray().endObject().flush();
    out.write('\n');
    out.flush();
  }
}
