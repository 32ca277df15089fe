package io.gshard.tool;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command on one HLO file. It prints nothing: what it has to say is its answer. */
abstract class ToolCommand {
  @Parameters(index = "0", paramLabel = "IN.hlo", description = "The HLO text to read.")
  private Path input;

  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  Answer answer() {
    Document document = read(input);
    Answer answer = answer(document);
    return new Answer(answer.fields(), answer.text(), document.warnings());
  }

  /** What the command works on. */
  Document read(Path input) {
    return Document.read(input);
  }

  /**
   * Does the work.
   *
   * @throws ToolException for whatever is wrong with the input
   */
  abstract Answer answer(Document document);

  /** A module that goes to a file, if one is given, or to the answer. */
  static Answer module(
      String text, Path output, Map<String, Object> fields, String summary, String comment) {
    Map<String, Object> all = new LinkedHashMap<>(fields);
    if (output == null) {
      all.put("module", text);
      return new Answer(all, summary.isEmpty() ? text : commented(summary, comment) + text);
    }
    ToolFiles.write(output, text);
    all.put("output", output.toString());
    return new Answer(all, summary);
  }

  private static String commented(String summary, String comment) {
    return summary.lines().map(l -> comment + l + "\n").reduce("", String::concat);
  }

  static OptionalInt optional(Integer devices) {
    if (devices != null && devices < 1) {
      throw new ToolException("--devices is " + devices + "; it must be 1 or more");
    }
    return devices == null ? OptionalInt.empty() : OptionalInt.of(devices);
  }
}
