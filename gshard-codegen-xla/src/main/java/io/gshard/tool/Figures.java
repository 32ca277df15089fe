package io.gshard.tool;

import io.gshard.cost.Bytes;
import io.gshard.cost.Traffic;
import io.gshard.spmd.MemoryEstimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Numbers as fields and as lines. */
final class Figures {
  private Figures() {}

  static void add(Map<String, Object> fields, Traffic traffic) {
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Traffic.Entry entry : traffic.entries()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("kind", entry.kind());
      each.put("axes", entry.axes());
      each.put("count", entry.count());
      each.put("runs", entry.runs());
      each.put("bytes_per_device", entry.bytes());
      entries.add(each);
    }
    fields.put("collectives", entries);
    fields.put("collective_count", traffic.count());
    fields.put("bytes_per_device", traffic.bytes());
    if (!traffic.exact()) {
      fields.put("unknown_trip_counts", true);
    }
  }

  static void add(Map<String, Object> fields, MemoryEstimate memory) {
    Map<String, Object> each = new LinkedHashMap<>();
    each.put("argument_bytes", memory.argumentBytes());
    each.put("output_bytes", memory.outputBytes());
    each.put("alias_bytes", memory.aliasBytes());
    each.put("temp_bytes", memory.tempBytes());
    each.put("peak_bytes", memory.peakBytes());
    fields.put("memory", each);
  }

  /** A line for each kind and axes, then all together. */
  static String text(Traffic traffic) {
    StringBuilder text = new StringBuilder();
    for (Traffic.Entry entry : traffic.entries()) {
      text.append(
          "  %-19s over %-12s %5d in the program, %7d runs, %s\n"
              .formatted(
                  entry.kind(),
                  String.join(",", entry.axes()),
                  entry.count(),
                  entry.runs(),
                  Bytes.text(entry.bytes())));
    }
    return "collectives: %d, a device sends %s%s\n%s"
        .formatted(
            traffic.count(),
            Bytes.text(traffic.bytes()),
            traffic.exact() ? "" : " (loops without a known trip count taken as one turn)",
            text);
  }

  static String text(MemoryEstimate memory) {
    return "peak memory of a device: %s (arguments %s, results %s of which %s in place of arguments, temporaries %s)\n"
        .formatted(
            Bytes.text(memory.peakBytes()),
            Bytes.text(memory.argumentBytes()),
            Bytes.text(memory.outputBytes()),
            Bytes.text(memory.aliasBytes()),
            Bytes.text(memory.tempBytes()));
  }

  static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e3) / 1e6;
  }

  /** A number for JSON, which has neither infinities nor NaN. */
  static Object number(double value) {
    return Double.isFinite(value) ? (Object) value : null;
  }
}
