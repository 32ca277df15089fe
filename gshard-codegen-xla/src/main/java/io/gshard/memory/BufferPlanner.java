package io.gshard.memory;

import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.UnsupportedInstruction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Gives every value a place. Values that follow one another in the same memory (loop state, donated
 * parameters, elementwise results) are joined by {@link SlotJoiner}; then the slots are laid out,
 * the largest first, each in the smallest gap left by those that live at the same time.
 */
public final class BufferPlanner {
  /** Offsets are multiples of this: vectors of neighbouring values share no cache line. */
  private static final int ALIGNMENT = 16;

  /** From this many elements on values are staggered. */
  private static final int LARGE = 16_384;

  /** In elements: 4 KiB of f32. */
  private static final int PAGE = 1024;

  private BufferPlanner() {}

  /**
   * Plans a program.
   *
   * @param fixed offsets of the parameters that are the launcher's variables
   * @param from where in each arena the program's own memory starts
   */
  public static BufferPlan plan(
      LoweredProgram program, Map<Root.Value, Integer> fixed, Map<Arena, Long> from) {
    Collection<Slot> slots = slots(program, fixed);
    Map<Arena, Long> sizes = new HashMap<>(from);
    List<Slot> placed = new ArrayList<>();
    slots.stream()
        .filter(s -> !s.fixed)
        .sorted(
            Comparator.comparingLong((Slot s) -> -s.size)
                .thenComparingInt(s -> s.members.getFirst().id()))
        .forEach(
            slot -> {
              place(slot, placed, from.getOrDefault(slot.arena, 0L));
              placed.add(slot);
              sizes.merge(slot.arena, slot.offset + aligned(slot.size), Math::max);
            });
    Map<Root.Value, Integer> offsets = new IdentityHashMap<>();
    for (Slot slot : slots) {
      for (Root.Value value : slot.members) {
        offsets.put(value, offset(slot));
      }
    }
    return new BufferPlan(offsets, program.common(), sizes);
  }

  private static int offset(Slot slot) {
    if (slot.offset + slot.size > Integer.MAX_VALUE - ALIGNMENT) {
      throw new UnsupportedInstruction(
          "the program needs more than 2^31 %s elements on each device; split it over more devices"
              .formatted(slot.arena.storage().name().toLowerCase(Locale.ROOT)),
          slot.members.getFirst().source());
    }
    return (int) slot.offset;
  }

  /** The slots before they are laid out: for the planner and its test. */
  static Collection<Slot> slots(LoweredProgram program, Map<Root.Value, Integer> fixed) {
    Accesses accesses = Accesses.of(program.block());
    Map<Root.Value, Slot> slots = new IdentityHashMap<>();
    for (Root.Value value : accesses.values()) {
      slots.put(value, slot(program, value, accesses.of(value)));
    }
    for (Root.Value parameter : program.parameters()) {
      Slot slot =
          slots.computeIfAbsent(parameter, v -> new Slot(v, program.common().contains(v), -1, -1));
      slot.start = -1;
      // It is there from before all loops: what a turn reads the next one reads again.
      slot.end =
          accesses.of(parameter).stream()
              .mapToInt(a -> a.site().seenFrom(List.of()))
              .max()
              .orElse(slot.end);
      if (fixed.containsKey(parameter)) {
        slot.fixed = true;
        slot.offset = fixed.get(parameter);
        slot.end = accesses.end();
      }
    }
    for (Root.Value output : program.outputs()) {
      Slot slot = slots.computeIfAbsent(output, v -> slot(program, v, accesses.writes(v)));
      slot.end = accesses.end();
    }
    new SlotJoiner(accesses, slots).join();
    return slots.values().stream()
        .distinct()
        .sorted(Comparator.comparingInt(s -> s.members.getFirst().id()))
        .toList();
  }

  private static Slot slot(
      LoweredProgram program, Root.Value value, List<Accesses.Access> accesses) {
    Accesses.Site first = accesses.getFirst().site();
    int end = accesses.stream().mapToInt(a -> a.site().seenFrom(first.loops())).max().orElseThrow();
    return new Slot(value, program.common().contains(value), first.position(), end);
  }

  private static void place(Slot slot, List<Slot> placed, long from) {
    List<Slot> neighbours =
        placed.stream()
            .filter(slot::overlaps)
            .sorted(Comparator.comparingLong(s -> s.offset))
            .toList();
    long best = -1;
    long bestGap = Long.MAX_VALUE;
    long at = from;
    for (Slot neighbour : neighbours) {
      long gap = neighbour.offset - at;
      if (gap >= slot.size && gap < bestGap) {
        best = at;
        bestGap = gap;
      }
      at = Math.max(at, neighbour.offset + aligned(neighbour.size));
    }
    slot.offset = best >= 0 ? best : at;
  }

  /**
   * A length rounded up so that what follows it is aligned. Large values begin at different places
   * within a page: a core that reads one and writes the other takes a load for one that waits for a
   * store where both are as far into a page. Collectives were 1.4 times as fast by that.
   */
  public static long aligned(long size) {
    return size < LARGE
        ? Math.ceilDiv(size, (long) ALIGNMENT) * ALIGNMENT
        : Math.ceilDiv(size, (long) PAGE) * PAGE + PAGE / 4;
  }
}
