package io.gshard.trace;

import io.gshard.hlo.Instruction;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;

/** A tensor that stands for an instruction of the graph that {@code tracer} is building. */
public record TracedTensor(Instruction instruction, Tracer tracer) implements Tensor {
  @Override
  public Shape shape() {
    return instruction.shape();
  }

  @Override
  public Literal literal() {
    throw new IllegalStateException(
        "the value of a tensor is not known while the program is compiled");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TracedTensor that && that.instruction == instruction;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(instruction);
  }

  @Override
  public String toString() {
    return instruction + " " + shape();
  }
}
