package io.gshard.memory;

import io.gshard.passes.fusion.Root;
import java.util.ArrayList;
import java.util.List;

/** A piece of an arena that one or more values use one after the other. */
final class Slot {
  final Arena arena;
  final long size;
  final List<Root.Value> members = new ArrayList<>();
  int start;
  int end;
  long offset = -1;
  boolean fixed;

  Slot(Root.Value value, boolean common, int start, int end) {
    this.arena = new Arena(Storage.of(value.shape().type()), common);
    this.size = value.shape().elements();
    this.start = start;
    this.end = end;
    members.add(value);
  }

  boolean fits(Slot other) {
    return arena.equals(other.arena) && size == other.size && !(fixed && other.fixed);
  }

  /** Takes over the other's values; the slot that is fixed stays where it is. */
  void absorb(Slot other) {
    members.addAll(other.members);
    start = Math.min(start, other.start);
    end = Math.max(end, other.end);
    if (other.fixed) {
      fixed = true;
      offset = other.offset;
    }
  }

  boolean overlaps(Slot other) {
    return arena.equals(other.arena) && start <= other.end && other.start <= end;
  }
}
