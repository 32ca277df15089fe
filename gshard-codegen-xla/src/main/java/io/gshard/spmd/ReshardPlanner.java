package io.gshard.spmd;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Finds the cheapest chain of cuts, all-to-alls, permutes and all-gathers from one sharding to
 * another: Dijkstra's search over shardings, which are few, however many devices there are.
 * Gathering everything and cutting it anew is one of the chains, so there always is one. Over more
 * than a few axes only cuts that the target has and permutes that swap two axes are looked at.
 *
 * <p>Uneven dims: a part of a part must lie where the part of the whole does. With 5 elements on
 * axes of 2 and 2, parts of 3 cut in two are (2,2,2,2) but parts of the whole are (2,2,1,0); such a
 * step does not exist.
 */
final class ReshardPlanner {
  private static final double CUT = 1;

  private record Question(Shape shape, Sharding from, Sharding to) {}

  private record Arrival(Sharding at, double cost, int order, Arrival before, Step step) {}

  private record Move(Sharding to, Step step, double cost) {}

  private final MeshShape mesh;
  private final Cost costs;
  private final Shardings shardings;
  private final Map<Question, ReshardPlan> known = new HashMap<>();

  ReshardPlanner(MeshShape mesh) {
    this.mesh = mesh;
    this.costs = new Cost(mesh);
    this.shardings = new Shardings(mesh);
  }

  ReshardPlan plan(Shape global, Sharding from, Sharding to) {
    if (from.equals(to)) {
      return ReshardPlan.NOTHING;
    }
    // Not computeIfAbsent: a search for shardings with an order asks for one without.
    Question question = new Question(global, from, to);
    ReshardPlan plan = known.get(question);
    if (plan == null) {
      plan = search(question);
      known.put(question, plan);
    }
    return plan;
  }

  private ReshardPlan search(Question question) {
    Shape shape = question.shape();
    Sharding from = question.from();
    Sharding to = question.to();
    if (from.order() != null || to.order() != null) {
      List<Step> chain = ordered(shape, from, to);
      return new ReshardPlan(chain, costs.of(shape, from, chain));
    }
    PriorityQueue<Arrival> open =
        new PriorityQueue<>(
            Comparator.comparingDouble(Arrival::cost).thenComparingInt(Arrival::order));
    Set<Sharding> closed = new HashSet<>();
    List<String> axes = axes(from, to);
    int order = 0;
    open.add(new Arrival(question.from(), 0, order++, null, null));
    while (true) {
      Arrival here = open.remove();
      if (here.at().equals(question.to())) {
        List<Step> steps = new ArrayList<>();
        for (Arrival a = here; a.before() != null; a = a.before()) {
          steps.add(a.step());
        }
        List<Step> chain = steps.reversed();
        return new ReshardPlan(chain, costs.of(question.shape(), question.from(), chain));
      }
      if (closed.add(here.at())) {
        for (Move move : moves(question.shape(), here.at(), question.to(), axes)) {
          if (!closed.contains(move.to())) {
            open.add(new Arrival(move.to(), here.cost() + move.cost(), order++, here, move.step()));
          }
        }
      }
    }
  }

  /** Into another order of devices at once, or by way of the devices' own. */
  private List<Step> ordered(Shape shape, Sharding from, Sharding to) {
    if (from.dims().equals(to.dims())) {
      return List.of(new Step.Permute(from, to));
    }
    List<Step> chain = new ArrayList<>();
    if (from.order() != null) {
      chain.add(new Step.Permute(from, from.ordered(null)));
    }
    chain.addAll(plan(shape, from.ordered(null), to.ordered(null)).steps());
    if (to.order() != null) {
      chain.add(new Step.Permute(to.ordered(null), to));
    }
    return chain;
  }

  /** Those that may be anywhere on the way: of the mesh, so that their order is one. */
  private List<String> axes(Sharding from, Sharding to) {
    return mesh.axes().stream()
        .map(MeshAxis::name)
        .filter(a -> from.usedAxes().contains(a) || to.usedAxes().contains(a))
        .toList();
  }

  private List<Move> moves(Shape shape, Sharding at, Sharding target, List<String> all) {
    boolean few = all.size() <= Shardings.MOST_AXES;
    List<Move> moves = new ArrayList<>();
    double bytes = at.local(mesh, shape).bytes();
    for (int d = 0; d < at.rank(); d++) {
      if (few) {
        anyCuts(moves, shape, at, all, d);
      } else {
        cuts(moves, shape, at, target, d);
      }
      List<String> axes = at.axes(d);
      for (int keep = 0; keep < axes.size(); keep++) {
        List<String> gone = axes.subList(keep, axes.size());
        Sharding without = at.with(d, axes.subList(0, keep));
        if (!nests(shape.dim(d), without.axes(d), gone)) {
          continue;
        }
        double parts = mesh.size(gone);
        moves.add(new Move(without, new Step.Gather(d, gone), Cost.LATENCY + bytes * (parts - 1)));
        for (int e = 0; e < at.rank(); e++) {
          if (e != d && nests(shape.dim(e), at.axes(e), gone)) {
            moves.add(
                new Move(
                    without.with(e, joined(at.axes(e), gone)),
                    new Step.Exchange(d, e, gone),
                    Cost.LATENCY + bytes * (parts - 1) / parts));
          }
        }
      }
    }
    Collection<Sharding> permuted = few ? shardings.alike(all, at) : permuted(at, target);
    permuted.stream()
        .filter(to -> !to.equals(at))
        .forEach(to -> moves.add(new Move(to, new Step.Permute(at, to), Cost.LATENCY + bytes)));
    return moves;
  }

  /** Also where the target has no such part: less is then sent on. */
  private void anyCuts(List<Move> moves, Shape shape, Sharding at, List<String> all, int d) {
    List<String> free = all.stream().filter(a -> !at.usedAxes().contains(a)).toList();
    for (List<String> more : Shardings.sequences(free)) {
      if (nests(shape.dim(d), at.axes(d), more)) {
        moves.add(new Move(at.with(d, joined(at.axes(d), more)), new Step.Cut(d, more), CUT));
      }
    }
  }

  private void cuts(List<Move> moves, Shape shape, Sharding at, Sharding target, int d) {
    List<String> axes = at.axes(d);
    List<String> wanted = target.axes(d);
    if (wanted.size() <= axes.size() || !wanted.subList(0, axes.size()).equals(axes)) {
      return;
    }
    Set<String> used = new HashSet<>(at.usedAxes());
    for (int n = wanted.size(); n > axes.size(); n--) {
      List<String> more = wanted.subList(axes.size(), n);
      if (Collections.disjoint(used, more) && nests(shape.dim(d), axes, more)) {
        moves.add(new Move(at.with(d, joined(axes, more)), new Step.Cut(d, more), CUT));
      }
    }
  }

  /** The shardings that give shards of the same shape and lie one permute away. */
  private Set<Sharding> permuted(Sharding at, Sharding target) {
    Set<Sharding> found = new java.util.LinkedHashSet<>();
    boolean alike = true;
    for (int d = 0; d < at.rank(); d++) {
      alike &= at.parts(mesh, d) == target.parts(mesh, d);
    }
    if (alike) {
      found.add(target);
    }
    List<String> all = new ArrayList<>(at.usedAxes());
    target.usedAxes().stream().filter(a -> !all.contains(a)).forEach(all::add);
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        String a = all.get(i);
        String b = all.get(j);
        boolean together =
            at.dims().stream().anyMatch(axes -> axes.contains(a) && axes.contains(b));
        if (together || mesh.size(a) == mesh.size(b)) {
          found.add(swapped(at, a, b));
        }
      }
    }
    found.remove(at);
    return found;
  }

  private static Sharding swapped(Sharding at, String a, String b) {
    return new Sharding(
        at.dims().stream()
            .map(axes -> axes.stream().map(x -> x.equals(a) ? b : x.equals(b) ? a : x).toList())
            .toList());
  }

  /** Whether parts of the parts are parts of the whole. */
  private boolean nests(long size, List<String> axes, List<String> more) {
    return nests(size, mesh.size(axes), mesh.size(more));
  }

  static boolean nests(long size, long parts, long more) {
    return parts == 1
        || more == 1
        || Math.ceilDiv(size, parts * more) * more == Math.ceilDiv(size, parts);
  }

  static List<String> joined(List<String> axes, List<String> more) {
    List<String> joined = new ArrayList<>(axes);
    joined.addAll(more);
    return joined;
  }
}
