package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloSyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HLO file, and the place in it that an error is about. */
final class Document {
  /** {@code %name}, or {@code name = type op}. */
  private static final Pattern NAMED =
      Pattern.compile("%([A-Za-z0-9_.-]*[A-Za-z0-9_])|([A-Za-z0-9_.-]+) = ");

  private static final Pattern HEADER = Pattern.compile("\\bHloModule\\b");

  private final Path file;
  private final String text;

  private final Set<String> warnings = new LinkedHashSet<>();

  Document(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  static Document read(Path file) {
    return new Document(file, ToolFiles.text(file));
  }

  Path file() {
    return file;
  }

  /** Notes what the user should know of the work. */
  void warn(String warning) {
    warnings.add(warning);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** The verified module, for a number of devices if one is given. */
  HloModule module(OptionalInt devices) {
    return during(
        "reading",
        () -> {
          HloModule module = HloParser.parse(text, devices);
          Verifier.verify(module);
          return module;
        });
  }

  /**
   * Does a step of the work.
   *
   * @throws ToolException where the step refuses the module, as {@code file:line:column: reason}
   */
  <T> T during(String step, Supplier<T> work) {
    try {
      return work.get();
    } catch (ToolException e) {
      throw e;
    } catch (HloSyntaxException e) {
      throw new ToolException(file + ":" + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw error(step + ": the module is nested too deeply", e);
    } catch (OutOfMemoryError e) {
      throw error(
          "%s needs more than the %d MiB of memory that Java has here"
              .formatted(step, Runtime.getRuntime().maxMemory() >> 20),
          e);
    } catch (NullPointerException
        | ClassCastException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new ToolFault(
          "%s: a fault of ours while %s: %s at %s"
              .formatted(
                  place(""), step, e, e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "?"),
          e);
    } catch (RuntimeException e) {
      throw error(e.getMessage() == null ? step + ": " + e : e.getMessage(), e);
    }
  }

  /** An error at the instruction that the reason names first, or at the module's first line. */
  ToolException error(String reason, Throwable cause) {
    return new ToolException(place(reason) + ": " + reason, cause);
  }

  private String place(String reason) {
    Matcher named = NAMED.matcher(reason);
    while (named.find()) {
      String name = named.group(1) == null ? named.group(2) : named.group(1);
      Matcher definition =
          Pattern.compile(
                  "^[ \\t]*(?:ROOT\\s+)?(%?" + Pattern.quote(name) + ")\\s*=", Pattern.MULTILINE)
              .matcher(text);
      if (definition.find()) {
        return place(definition.start(1));
      }
    }
    Matcher header = HEADER.matcher(text);
    return place(header.find() ? header.start() : 0);
  }

  private String place(int at) {
    int line = (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    return "%s:%d:%d".formatted(file, line, at - text.lastIndexOf('\n', at - 1));
  }
}
