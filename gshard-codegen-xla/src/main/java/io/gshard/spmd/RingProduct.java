package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import java.util.List;

/** A product and the collective on its operand or its result, which one loop can do. */
sealed interface RingProduct permits GatheredOperand, ScatteredResult {

  Instruction product();

  Instruction collective();

  /** What the loop gives the value of: the last of the instructions that it stands for. */
  Instruction end();

  /** The other instructions that it stands for. */
  List<Instruction> skipped();

  /** What a device need not hold any more. */
  long bytes();

  /** Adds the loop; all operands of what it stands for have images. */
  Instruction emit(Rewriter rewriter, Emitter emit);
}
