package io.gshard.pjrt;

import io.gshard.xla.CompiledProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Asks plugins what they say about compiled programs. */
final class CompiledPrograms {
  private CompiledPrograms() {}

  static CompiledProgram of(PjrtApi api, MemorySegment executable) {
    try (Arena arena = Arena.ofConfined()) {
      Struct memory = new Struct(arena, 13).set(0, executable);
      api.call(PjrtFunction.EXECUTABLE_GET_COMPILED_MEMORY_STATS, memory);
      return new CompiledProgram(
          memory.number(2),
          memory.number(3),
          memory.number(4),
          memory.number(5),
          memory.number(1),
          properties(api, executable));
    }
  }

  private static Map<String, Double> properties(PjrtApi api, MemorySegment executable) {
    try (Arena arena = Arena.ofConfined()) {
      Struct costs = new Struct(arena, 3).set(0, executable);
      api.call(PjrtFunction.EXECUTABLE_GET_COST_ANALYSIS, costs);
      return NamedValue.numbers(costs.pointer(2), costs.number(1));
    } catch (PjrtException e) {
      // Not every plugin analyses; there is nothing to tell then.
      return Map.of();
    }
  }
}
