package io.gshard.hlo;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A program. {@code mesh} is the mesh that shardings and collectives name axes of. In a global
 * (unpartitioned) program shapes are logical; in a partitioned one they are what each device holds.
 *
 * @param boundary of a partitioned program, what its parameters and results are as a whole
 * @param aliases which outputs are stored where a parameter was (donated state)
 */
public record HloModule(
    String name,
    MeshShape mesh,
    Computation entry,
    List<Alias> aliases,
    boolean partitioned,
    Optional<Boundary> boundary) {

  /** Leaf {@code output} of the result takes the place of parameter {@code parameter}. */
  public record Alias(int output, int parameter) {}

  public HloModule {
    aliases = List.copyOf(aliases);
  }

  /** A module of which no boundary is known. */
  public HloModule(
      String name, MeshShape mesh, Computation entry, List<Alias> aliases, boolean partitioned) {
    this(name, mesh, entry, aliases, partitioned, Optional.empty());
  }

  public HloModule(String name, MeshShape mesh, Computation entry) {
    this(name, mesh, entry, List.of(), false);
  }

  public HloModule withEntry(Computation other) {
    return new HloModule(name, mesh, other, aliases, partitioned, boundary);
  }

  public HloModule withBoundary(Boundary other) {
    return new HloModule(name, mesh, entry, aliases, partitioned, Optional.of(other));
  }

  /** The same program, each instruction with the shardings that are given for it. */
  public HloModule withShardings(Function<Instruction, List<Sharding>> shardings) {
    Map<Computation, Computation> rebuilt = new IdentityHashMap<>();
    for (Computation computation : computations()) {
      Map<Instruction, Instruction> copies = new IdentityHashMap<>();
      List<Instruction> instructions = new ArrayList<>();
      for (Instruction old : computation.instructions()) {
        Instruction copy =
            (old.op() instanceof HloOp op ? old.withOp(Computation.calling(op, rebuilt::get)) : old)
                .withOperands(old.operands().stream().map(copies::get).toList())
                .withShardings(shardings.apply(old));
        copies.put(old, copy);
        instructions.add(copy);
      }
      rebuilt.put(
          computation,
          new Computation(computation.name(), instructions, copies.get(computation.root())));
    }
    return withEntry(rebuilt.get(entry));
  }

  /** All computations, callees first, the entry last. */
  public List<Computation> computations() {
    return entry.closure();
  }

  /** The number of instructions in all computations. */
  public int size() {
    return computations().stream().mapToInt(c -> c.instructions().size()).sum();
  }

  /**
   * Whether parts of the program are written for one device already; collectives may stand there.
   */
  public boolean hasManualRegions() {
    return computations().stream()
        .flatMap(c -> c.instructions().stream())
        .anyMatch(
            i ->
                i.op() instanceof HloOp.CustomCall c
                    && c.target().equals(HloOp.CustomCall.FULL_TO_SHARD));
  }
}
