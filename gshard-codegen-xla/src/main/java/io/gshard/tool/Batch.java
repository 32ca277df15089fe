package io.gshard.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * Many calls in one JVM: a JSON object a line, whose fields are the command, its input and its
 * options; for each an answer, a JSON object a line too, as soon as it is there.
 */
final class Batch {
  private final CommandLine commands;
  private final PrintStream out;

  Batch(CommandLine commands, PrintStream out) {
    this.commands = commands;
    this.out = out;
  }

  /** Answers all lines; empty ones have no answer. */
  void run(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank()) {
        out.println(answer(line));
        out.flush();
      }
    }
  }

  private String answer(String line) {
    try {
      ToolCommand command = command(Json.read(line));
      Answer answer = command.answer();
      Map<String, Object> fields = new LinkedHashMap<>(answer.fields());
      if (!answer.warnings().isEmpty()) {
        fields.put("warnings", answer.warnings());
      }
      return Json.line(fields);
    } catch (CommandLine.ParameterException e) {
      return error(e.getMessage());
    } catch (OutOfMemoryError e) {
      return error("the call needs more memory than Java has here");
    } catch (StackOverflowError e) {
      return error("the call nests too deeply");
    } catch (ToolException | ToolFault e) {
      return error(e.getMessage());
    } catch (RuntimeException e) {
      return error("a fault of ours: " + e);
    }
  }

  private static String error(String message) {
    return Json.line(Map.of("error", message.lines().findFirst().orElse("")));
  }

  private ToolCommand command(Map<String, Object> fields) {
    List<String> arguments = new ArrayList<>();
    arguments.add(text(fields, "command"));
    String input = text(fields, "input");
    fields.forEach(
        (name, value) -> {
          if (!name.equals("command") && !name.equals("input")) {
            option(name, value, arguments);
          }
        });
    arguments.add("--");
    arguments.add(input);
    CommandLine.ParseResult parsed = commands.parseArgs(arguments.toArray(String[]::new));
    if (parsed.subcommand() != null
        && parsed.subcommand().commandSpec().userObject() instanceof ToolCommand command) {
      return command;
    }
    throw new ToolException("'%s' is not a command for a batch".formatted(arguments.getFirst()));
  }

  private static String text(Map<String, Object> fields, String name) {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new ToolException("the call has no '%s'".formatted(name));
  }

  private static void option(String name, Object value, List<String> arguments) {
    switch (value) {
      case null -> {}
      case Boolean on -> {
        if (on) {
          arguments.add("--" + name);
        }
      }
      case String text -> arguments.add("--" + name + "=" + text);
      case Number number -> arguments.add("--" + name + "=" + number);
      default -> throw new ToolException("the field '%s' is a list or an object".formatted(name));
    }
  }
}
