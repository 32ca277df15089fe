package io.gshard.hlo.text;

import io.gshard.hlo.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tables of source positions that XLA prints before the computations, when instructions say
 * {@code metadata={stack_frame_id=3}}.
 */
final class StackFrames {
  private static final Set<String> TABLES =
      Set.of("FileNames", "FunctionNames", "FileLocations", "StackFrames");

  private record Location(int file, int line, int column) {}

  private final Map<Integer, String> files = new HashMap<>();
  private final Map<Integer, Location> locations = new HashMap<>();
  private final Map<Integer, Integer> frames = new HashMap<>();

  /** Reads the tables that stand here, if any. */
  static StackFrames read(Cursor in) {
    StackFrames all = new StackFrames();
    while (TABLES.contains(in.peekName())) {
      String table = in.name();
      while (Character.isDigit(in.peek())) {
        int id = in.smallNumber();
        if (in.sees("\"")) {
          String text = in.string();
          if (table.equals("FileNames")) {
            all.files.put(id, text);
          }
        } else {
          all.row(table, id, in);
        }
      }
    }
    return all;
  }

  private void row(String table, int id, Cursor in) {
    Map<String, Integer> values = new HashMap<>();
    in.expect("{");
    while (!in.eat("}")) {
      String key = in.name();
      in.expect("=");
      values.put(key, in.smallNumber());
    }
    switch (table) {
      case "FileLocations" ->
          locations.put(
              id,
              new Location(
                  values.getOrDefault("file_name_id", 0),
                  values.getOrDefault("line", 0),
                  values.getOrDefault("column", 0)));
      case "StackFrames" -> frames.put(id, values.getOrDefault("file_location_id", 0));
      default -> {}
    }
  }

  Source source(int frame) {
    Location at = locations.get(frames.getOrDefault(frame, 0));
    String file = at == null ? null : files.get(at.file());
    return file == null || at.line() <= 0
        ? Source.NONE
        : new Source(file, at.line(), Math.max(0, at.column()));
  }
}
