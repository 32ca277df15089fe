package io.gshard.hlo.text;

import io.gshard.op.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All op formats, by opcode and by kind of op. Where two kinds share an opcode, the first one
 * listed reads it.
 */
final class OpTable {
  private static final Map<String, OpFormat<?>> BY_OPCODE = new HashMap<>();
  private static final Map<Class<?>, OpFormat<?>> BY_KIND = new HashMap<>();

  static {
    Stream.of(
            ArrayFormats.ALL,
            ContractionFormats.ALL,
            WindowFormats.ALL,
            NumericFormats.ALL,
            CollectiveFormats.ALL,
            StructureFormats.ALL)
        .flatMap(List::stream)
        .forEach(OpTable::enter);
  }

  private OpTable() {}

  private static void enter(OpFormat<?> format) {
    format.opcodes().forEach(opcode -> BY_OPCODE.putIfAbsent(opcode, format));
    BY_KIND.put(format.kind(), format);
  }

  static Optional<OpFormat<?>> named(String opcode) {
    return Optional.ofNullable(BY_OPCODE.get(opcode));
  }

  static Optional<OpFormat<?>> of(Op op) {
    return Optional.ofNullable(BY_KIND.get(op.getClass()));
  }
}
