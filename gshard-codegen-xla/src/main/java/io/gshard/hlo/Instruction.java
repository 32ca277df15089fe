package io.gshard.hlo;

import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * One node of a computation's graph: an op applied to operands. Immutable, and compared by
 * identity: two instructions that look alike are two values.
 */
public final class Instruction {
  private final String name;
  private final Op op;
  private final Type type;
  private final List<Instruction> operands;
  private final List<Sharding> shardings;
  private final Source source;

  private Instruction(
      String name,
      Op op,
      Type type,
      List<Instruction> operands,
      List<Sharding> shardings,
      Source source) {
    this.name = name;
    this.op = op;
    this.type = type;
    this.operands = List.copyOf(operands);
    this.shardings = List.copyOf(shardings);
    this.source = source;
    if (!shardings.isEmpty() && shardings.size() != type.leafCount()) {
      throw new IllegalArgumentException(
          "%s has %d shardings for %s".formatted(name, shardings.size(), type));
    }
  }

  public static Instruction of(
      String name, Op op, Type type, List<Instruction> operands, Source source) {
    return new Instruction(name, op, type, operands, List.of(), source);
  }

  /** Unique in its computation; without HLO's leading %. */
  public String name() {
    return name;
  }

  public Op op() {
    return op;
  }

  public Type type() {
    return type;
  }

  /** The shape of an array-typed instruction; throws on tuples. */
  public Shape shape() {
    if (type instanceof Type.Array(Shape shape)) {
      return shape;
    }
    throw new IllegalStateException(name + " is a tuple: " + type);
  }

  public List<Instruction> operands() {
    return operands;
  }

  public Instruction operand(int index) {
    return operands.get(index);
  }

  /** One for each leaf of the type, or none at all where nothing is decided. */
  public List<Sharding> shardings() {
    return shardings;
  }

  /** The sharding of an array-typed instruction; throws where there is none. */
  public Sharding sharding() {
    if (shardings.size() != 1) {
      throw new IllegalStateException(name + " has no single sharding: " + shardings);
    }
    return shardings.getFirst();
  }

  public boolean isSharded() {
    return !shardings.isEmpty();
  }

  public Source source() {
    return source;
  }

  public Instruction withShardings(List<Sharding> other) {
    return new Instruction(name, op, type, operands, other, source);
  }

  public Instruction withSharding(Sharding other) {
    return withShardings(List.of(other));
  }

  public Instruction withOperands(List<Instruction> other) {
    return new Instruction(name, op, type, other, shardings, source);
  }

  /**
   * Another op that gives the same type, as when a computation that is called has been rewritten.
   */
  public Instruction withOp(Op other) {
    return new Instruction(name, other, type, operands, shardings, source);
  }

  public Instruction withName(String other) {
    return new Instruction(other, op, type, operands, shardings, source);
  }

  @Override
  public String toString() {
    return "%" + name;
  }
}
