package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The collectives of one computation, each with the instruction it belongs to. */
final class Ledger {
  private final Map<Instruction, List<CommunicationReport.Collective>> entries =
      new IdentityHashMap<>();

  void add(Instruction instruction, CommunicationReport.Collective collective) {
    entries.computeIfAbsent(instruction, i -> new ArrayList<>()).add(collective);
  }

  /** What runs when an instruction that calls computations does. */
  void addAll(
      Instruction instruction, List<CommunicationReport.Collective> called, long tripCount) {
    for (CommunicationReport.Collective c : called) {
      long trips = c.tripCount() < 0 || tripCount < 0 ? -1 : c.tripCount() * tripCount;
      add(instruction, c.at(c.place(), trips));
    }
  }

  /** Those of the instructions, in their order. */
  List<CommunicationReport.Collective> of(List<Instruction> instructions) {
    return instructions.stream().flatMap(i -> entries.getOrDefault(i, List.of()).stream()).toList();
  }
}
