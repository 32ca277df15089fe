package io.gshard.memory;

import io.gshard.passes.fusion.Block;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * When each value in memory is read and written, in program order; loops are passed through once.
 */
final class Accesses {

  /** A loop's first and last position. */
  static final class Span {
    final int begin;
    int end;

    Span(int begin) {
      this.begin = begin;
    }
  }

  /** A step's place. */
  record Site(int position, List<Span> loops, Step step) {
    Site {
      loops = List.copyOf(loops);
    }

    /**
     * Its position as seen from a place outside of some of its loops: then it lasts to their end.
     */
    int seenFrom(List<Span> others) {
      for (int i = 0; i < loops.size(); i++) {
        if (i >= others.size() || loops.get(i) != others.get(i)) {
          return loops.get(i).end;
        }
      }
      return position;
    }
  }

  record Access(Root.Value value, Site site, boolean write) {}

  private final Map<Root.Value, List<Access>> byValue = new IdentityHashMap<>();
  private final List<Site> sites = new ArrayList<>();
  private final List<Access> all = new ArrayList<>();
  private int position;

  static Accesses of(Block block) {
    Accesses accesses = new Accesses();
    accesses.walk(block, List.of());
    // What only its own loop reads is never in memory.
    for (Access access : accesses.all) {
      if (!access.write) {
        accesses.byValue.computeIfAbsent(access.value, v -> new ArrayList<>());
      }
    }
    for (Access access : accesses.all) {
      if (access.write && !(access.site.step instanceof Step.Fused)) {
        accesses.byValue.computeIfAbsent(access.value, v -> new ArrayList<>());
      }
    }
    for (Access access : accesses.all) {
      List<Access> list = accesses.byValue.get(access.value);
      if (list != null) {
        list.add(access);
      }
    }
    return accesses;
  }

  /** All steps in program order. */
  List<Site> sites() {
    return sites;
  }

  /** The accesses of a value; none where it is not in memory. */
  List<Access> of(Root.Value value) {
    return byValue.getOrDefault(value, List.of());
  }

  /** The values that are in memory because some step reads or assembles them. */
  List<Root.Value> values() {
    return byValue.keySet().stream()
        .sorted(java.util.Comparator.comparingInt(Root.Value::id))
        .toList();
  }

  /** The write of a value that is in memory only because it is a result. */
  List<Access> writes(Root.Value value) {
    return all.stream().filter(a -> a.write && a.value == value).toList();
  }

  int end() {
    return position;
  }

  private void walk(Block block, List<Span> loops) {
    for (Step step : block.steps()) {
      Site site = new Site(position++, loops, step);
      sites.add(site);
      reads(step).forEach(v -> read(v, site));
      writes(step).forEach(v -> all.add(new Access(v, site, true)));
      switch (step) {
        case Step.Loop loop -> {
          Span span = new Span(site.position);
          List<Span> inner = new ArrayList<>(loops);
          inner.add(span);
          if (loop.condition() != null) {
            walk(loop.condition(), inner);
            read(loop.predicate(), new Site(position++, inner, step));
          }
          walk(loop.body(), inner);
          span.end = position++;
        }
        case Step.Branch branch -> branch.blocks().forEach(b -> walk(b, loops));
        default -> {}
      }
    }
  }

  private void read(View view, Site site) {
    if (view.root() instanceof Root.Value value) {
      all.add(new Access(value, site, false));
    }
    view.terms().forEach(t -> read(t.index(), site));
  }

  /** The views that a step reads from memory. */
  static List<View> reads(Step step) {
    return switch (step) {
      case Step.Fused f -> {
        List<View> views = new ArrayList<>();
        f.stages().forEach(s -> views.addAll(s.operands()));
        List<Root> own = f.stages().stream().map(s -> (Root) s.result()).toList();
        views.removeIf(v -> own.contains(v.root()));
        yield views;
      }
      case Step.Reduce r -> List.of(r.operand());
      case Step.Cumulative c -> List.of(c.operand());
      case Step.Product p -> List.of(p.contraction().lhs(), p.contraction().rhs());
      case Step.Gather g -> List.of(g.operand(), g.indices());
      case Step.Scatter s -> List.of(s.base(), s.indices(), s.updates());
      case Step.Assemble a -> {
        List<View> views = new ArrayList<>();
        if (a.base() != null) {
          views.add(a.base());
        }
        for (Step.Part part : a.parts()) {
          views.add(part.source());
          part.terms().forEach(t -> views.add(t.index()));
        }
        yield views;
      }
      case Step.DeviceId d -> List.of();
      case Step.DrawNumber d -> List.of();
      case Step.Collective c -> List.of(c.operand());
      case Step.Start start -> reads(start.collective());
      case Step.Done done -> List.of();
      case Step.Loop l -> List.of();
      case Step.Branch b -> List.of(b.index());
    };
  }

  /** The values that a step writes; those of a loop or branch are written by the steps inside. */
  static List<Root.Value> writes(Step step) {
    return switch (step) {
      case Step.Fused f -> f.stages().stream().map(Step.Stage::result).toList();
      case Step.Reduce r -> List.of(r.result());
      case Step.Cumulative c -> List.of(c.result());
      case Step.Product p -> List.of(p.result());
      case Step.Gather g -> List.of(g.result());
      case Step.Scatter s -> List.of(s.result());
      case Step.Assemble a -> List.of(a.result());
      case Step.DeviceId d -> List.of(d.result());
      case Step.DrawNumber d -> List.of(d.result());
      case Step.Collective c -> List.of(c.result());
      case Step.Start start -> writes(start.collective());
      case Step.Done done -> writes(done.collective());
      case Step.Loop l -> List.of();
      case Step.Branch b -> List.of();
    };
  }
}
