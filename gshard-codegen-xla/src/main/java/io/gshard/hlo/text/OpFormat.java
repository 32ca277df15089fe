package io.gshard.hlo.text;

import io.gshard.op.Op;
import java.util.List;
import java.util.function.Function;

/**
 * How one kind of op stands in HLO text.
 *
 * @param opcodes HLO's names that are read as this kind
 * @param kind the class of ops written this way
 * @param opcode which of the names an op has
 * @param write adds the attributes to an instruction's line, and lines before it where HLO needs
 *     several
 * @param read makes the op from a line
 */
record OpFormat<T extends Op>(
    List<String> opcodes, Class<T> kind, Function<T, String> opcode, Write<T> write, Read read) {

  interface Write<T> {
    void write(T op, Emission out);
  }

  interface Read {
    Op read(Reading in);
  }

  /** A kind with one opcode. */
  static <T extends Op> OpFormat<T> of(String opcode, Class<T> kind, Write<T> write, Read read) {
    return new OpFormat<>(List.of(opcode), kind, op -> opcode, write, read);
  }

  /** A kind with one opcode and no attributes. */
  static <T extends Op> OpFormat<T> plain(String opcode, Class<T> kind, T op) {
    return of(opcode, kind, (o, out) -> {}, in -> op);
  }

  /** An opcode that is read as an op of another name. */
  static OpFormat<Op> reading(String opcode, Read read) {
    return of(
        opcode,
        Op.class,
        (op, out) -> {
          throw new IllegalStateException(opcode + " is only read");
        },
        read);
  }

  void emit(Op op, Emission out) {
    T typed = kind.cast(op);
    out.opcode(opcode.apply(typed));
    write.write(typed, out);
  }
}
