package io.gshard.hlo.text;

import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import java.util.List;

/**
 * What a line becomes that our graph has several ops for: the last of them, which takes the line's
 * name and sharding; the others have been added.
 */
record Expansion(Op op, List<Instruction> operands) {

  /** The line's expansion, or null if it is one op of our graph. */
  static Expansion of(Reading in, ComputationReader scope) {
    if (BatchNorms.OPCODES.contains(in.opcode())) {
      return BatchNorms.expand(in, scope);
    }
    return in.opcode().equals("scatter") ? Scatters.expand(in, scope) : null;
  }
}
