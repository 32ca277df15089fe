package io.gshard.memory;

import io.gshard.memory.Accesses.Access;
import io.gshard.memory.Accesses.Site;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import java.util.List;
import java.util.Map;

/**
 * Joins slots where a value may be made where another one was: copies between them then vanish, and
 * loop state, donated parameters and chains of elementwise ops are updated in place.
 */
final class SlotJoiner {
  private final Accesses accesses;
  private final Map<Root.Value, Slot> slots;

  SlotJoiner(Accesses accesses, Map<Root.Value, Slot> slots) {
    this.accesses = accesses;
    this.slots = slots;
  }

  void join() {
    // Inner loops first: what their state starts from is then known to be updated in place.
    List<Site> sites = accesses.sites();
    sites.reversed().forEach(this::joinStore);
    sites.forEach(this::joinStart);
    sites.forEach(this::joinInPlace);
  }

  /** The source of a step that copies all of one value to another, or null. */
  static Root.Value copied(Step step) {
    if (step instanceof Step.Assemble a
        && a.base() == null
        && a.parts().size() == 1
        && a.parts().getFirst().source().isWhole()
        && a.parts().getFirst().terms().isEmpty()
        && a.parts().getFirst().source().elements() == a.result().shape().elements()) {
      return (Root.Value) a.parts().getFirst().source().root();
    }
    return null;
  }

  private void union(Slot into, Slot other) {
    if (into != other) {
      into.absorb(other);
      other.members.forEach(v -> slots.put(v, into));
    }
  }

  /**
   * A copy to a place that holds an older value: the source is made there, if nobody needs the
   * older one.
   */
  private void joinStore(Site store) {
    Root.Value source = copied(store.step());
    if (source == null || !slots.containsKey(source)) {
      return;
    }
    Slot from = slots.get(source);
    Slot to = slots.get(((Step.Assemble) store.step()).result());
    Site made = firstWrite(from);
    if (from == to
        || !to.fits(from)
        || from.fixed
        || made == null
        || from.start < 0
        || to.start >= from.start
        || !made.loops().equals(store.loops())
        || (from.end > store.position() && from.end > to.end)) {
      return;
    }
    for (Root.Value old : to.members) {
      for (Access access : accesses.of(old)) {
        Site site = access.site();
        int seen = site.seenFrom(store.loops());
        boolean inside =
            site.loops().size() >= store.loops().size()
                && site.loops().subList(0, store.loops().size()).equals(store.loops());
        if (site == store
            || !inside
            || seen < made.position()
            || site.position() > store.position()) {
          continue;
        }
        if (seen > made.position() || access.write() || !replaces(made.step(), from, old)) {
          return;
        }
      }
    }
    union(to, from);
  }

  /** A copy of a value that nobody reads later: both are one. */
  private void joinStart(Site site) {
    Root.Value source = copied(site.step());
    if (source == null || !slots.containsKey(source)) {
      return;
    }
    Slot from = slots.get(source);
    Slot to = slots.get(((Step.Assemble) site.step()).result());
    if (from != to
        && from.fits(to)
        && from.end == site.position()
        && to.start == site.position()
        && (!to.fixed || from.start >= 0)) {
      union(to, from);
    }
  }

  private void joinInPlace(Site site) {
    for (Root.Value result : Accesses.writes(site.step())) {
      Slot to = slots.get(result);
      if (to == null || to.fixed || to.start != site.position()) {
        continue;
      }
      for (View view : Accesses.reads(site.step())) {
        if (view.root() instanceof Root.Value old
            && slots.get(old) != to
            && view.isWhole()
            && !slots.get(old).fixed
            && slots.get(old).end == site.position()
            && to.fits(slots.get(old))
            && replaces(site.step(), to, old)) {
          union(to, slots.get(old));
          break;
        }
      }
    }
  }

  private Site firstWrite(Slot slot) {
    Site first = null;
    for (Root.Value value : slot.members) {
      for (Access access : accesses.writes(value)) {
        if (first == null || access.site().position() < first.position()) {
          first = access.site();
        }
      }
    }
    return first;
  }

  /** Whether a step that reads a value may write a result where the value lies. */
  private boolean replaces(Step step, Slot result, Root.Value old) {
    return switch (step) {
      case Step.Fused loop -> {
        List<Step.Stage> stages = loop.stages();
        int made = 0;
        while (made < stages.size() && !result.members.contains(stages.get(made).result())) {
          made++;
        }
        if (made == stages.size()
            || old.shape().elements() != stages.get(made).result().shape().elements()) {
          yield false;
        }
        for (int i = 0; i < stages.size(); i++) {
          boolean gathers = stages.get(i) instanceof Step.Element e && e.gathers();
          for (View view : stages.get(i).operands()) {
            boolean here = view.isWhole() && !gathers;
            if (touches(view, old) && (i > made || !here)) {
              yield false;
            }
          }
        }
        yield true;
      }
      case Step.Assemble a -> {
        boolean whole =
            copied(a) == old || (a.base() != null && a.base().root() == old && a.base().isWhole());
        yield whole
            && a.parts().stream()
                .allMatch(
                    p ->
                        (copied(a) == old || !touches(p.source(), old))
                            && p.terms().stream().noneMatch(t -> touches(t.index(), old)));
      }
      case Step.Scatter s ->
          s.base().root() == old
              && s.base().isWhole()
              && !touches(s.indices(), old)
              && !touches(s.updates(), old);
      case Step.Collective c -> c.op() instanceof Op.AllReduce && c.operand().isWhole();
      case Step.Start start -> replaces(start.collective(), result, old);
      default -> false;
    };
  }

  private static boolean touches(View view, Root.Value value) {
    return view.root() == value || view.terms().stream().anyMatch(t -> touches(t.index(), value));
  }
}
