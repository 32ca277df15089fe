package io.gshard.pjrt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * What a compiler says about a program, for each device.
 *
 * @param argumentBytes of the arguments
 * @param outputBytes of the results, those in the place of arguments included
 * @param aliasBytes of the results that take the place of arguments
 * @param tempBytes of everything between
 * @param codeBytes of the program itself
 * @param properties the compiler's cost analysis, such as {@code flops}; empty if it has none
 */
public record CompiledProgram(
    long argumentBytes,
    long outputBytes,
    long aliasBytes,
    long tempBytes,
    long codeBytes,
    Map<String, Double> properties) {

  /** What a device must hold at once, as XLA sums it up. */
  public long totalBytes() {
    return argumentBytes + outputBytes - aliasBytes + tempBytes + codeBytes;
  }

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
