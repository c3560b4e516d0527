package org.pixelrnn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The code of a Markdown file, in order: fenced Java blocks, the lines of shell blocks (fenced, or
 * indented by four spaces), and code spans in the text that begin with {@code tools/pixelrnn}.
 */
final class ReadmeBlocks {
  private static final Pattern FENCE = Pattern.compile("```(\\w*)");
  private static final Pattern SPAN = Pattern.compile("`((?:[A-Z_]+=\\S+ )*tools/pixelrnn [^`]+)`");
  private static final Pattern COMMENT = Pattern.compile("(^|\\s+)#.*");
  private static final Set<String> SHELL = Set.of("sh", "bash", "shell", "console");
  private static final Set<String> NOT_RUN = Set.of("text", "json", "proto", "xml", "ini", "yaml");

  /** A piece of code. */
  sealed interface Code {
    /** The first line of the piece in the file, from 1. */
    int line();
  }

  /** A fenced block of Java. */
  record Java(int line, String source) implements Code {}

  /** One shell command, without comments. */
  record Shell(int line, String command) implements Code {}

  private final List<Code> found = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private int textLine;
  private String continued = "";

  private ReadmeBlocks() {}

  /** Finds all code. */
  static List<Code> in(List<String> lines) {
    ReadmeBlocks blocks = new ReadmeBlocks();
    boolean blankBefore = true;
    boolean indented = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher fence = FENCE.matcher(line.strip());
      if (fence.matches()) {
        blocks.endText();
        int end = i + 1;
        while (!lines.get(end).strip().equals("```")) {
          end++;
        }
        blocks.fenced(fence.group(1), i + 2, lines.subList(i + 1, end));
        i = end;
        blankBefore = true;
        indented = false;
        continue;
      }
      indented = line.startsWith("    ") && (blankBefore || indented);
      if (indented) {
        blocks.endText();
        blocks.shell(i + 1, line);
      } else {
        blocks.text(i + 1, line);
      }
      blankBefore = line.isBlank();
    }
    blocks.endText();
    return blocks.found;
  }

  private void fenced(String language, int line, List<String> lines) {
    if (language.equals("java")) {
      found.add(new Java(line, String.join("\n", lines)));
    } else if (SHELL.contains(language)) {
      for (int i = 0; i < lines.size(); i++) {
        shell(line + i, lines.get(i));
      }
    } else if (!NOT_RUN.contains(language)) {
      throw new AssertionError("line " + line + ": no rule for a block of '" + language + "'");
    }
  }

  private void shell(int number, String line) {
    String command = COMMENT.matcher(line).replaceFirst("").strip();
    if (command.endsWith("\\")) {
      continued += command.substring(0, command.length() - 1);
    } else if (!command.isEmpty()) {
      found.add(new Shell(number, (continued + command).replaceAll(" +", " ")));
      continued = "";
    }
  }

  /** Adds a line of text. Code spans may continue on the next line, but not over a blank line. */
  private void text(int number, String line) {
    if (line.isBlank()) {
      endText();
      return;
    }
    if (text.isEmpty()) {
      textLine = number;
    }
    text.append(line.strip()).append(' ');
  }

  private void endText() {
    Matcher spans = SPAN.matcher(text);
    while (spans.find()) {
      found.add(new Shell(textLine, spans.group(1)));
    }
    text.setLength(0);
  }
}
