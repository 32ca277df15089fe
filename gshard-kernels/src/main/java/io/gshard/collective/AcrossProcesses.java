package io.gshard.collective;

import io.gshard.collective.Circle.Group;
import io.gshard.collective.Reduction.Job;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The collectives of a mesh whose devices several processes have: by copies inside a process, by
 * messages between two, several under way at a time. Every process calls the same ones in the same
 * order.
 */
public final class AcrossProcesses implements Collectives {
  /** Up to so many elements each process folds them all, which saves a second round of messages. */
  private static final int FEW = 4_096;

  private final MeshShape mesh;
  private final Ranks ranks;
  private final Sharing sharing;
  private final Arenas arenas;
  private final Arenas common;
  private final Transport transport;
  private final SharedMemory local;
  private final Deque<Staging> idle = new ArrayDeque<>();
  private final Map<List<String>, Circle> circles = new HashMap<>();
  private final Map<List<String>, Transport.Channel> channels = new HashMap<>();
  private int begun;

  /**
   * The collectives of one of the processes.
   *
   * @param arenas the memories of all devices; nothing for those of other processes
   * @param common the memory that this process's devices share, as the only one
   */
  public AcrossProcesses(
      MeshShape mesh, Ranks ranks, Team team, Arenas arenas, Arenas common, Transport transport) {
    this.mesh = mesh;
    this.ranks = ranks;
    this.sharing = new Sharing(team);
    this.arenas = arenas;
    this.common = common;
    this.transport = transport;
    this.local = new SharedMemory(mesh, ranks, sharing, arenas, common);
  }

  private Circle begin(List<String> axes) {
    transport.step();
    begun++;
    return circle(axes);
  }

  /** The groups along the axes; the first use opens a channel, in all processes at once. */
  private Circle circle(List<String> axes) {
    List<String> key = List.copyOf(axes);
    Circle circle = circles.get(key);
    if (circle == null) {
      circle = Circle.of(mesh, ranks, key);
      circles.put(key, circle);
      channels.put(key, transport.open(circle.processes()));
    }
    return circle;
  }

  /** The collective that was begun last, over its axes. */
  private Flight flight(List<String> axes) {
    return new Flight(transport, channels.get(axes), begun, idle);
  }

  private Mail mail(Flight flight) {
    return new Mail(sharing, flight.staging());
  }

  private Reduction reduction(Flight flight, Combiner combiner, DType type) {
    return new Reduction(sharing, flight.staging(), ranks, arenas, combiner, type);
  }

  /** A collective that this process did alone; others may have theirs under way. */
  private final class Here implements Pending {
    @Override
    public boolean isDone() {
      return true;
    }

    @Override
    public void await() {
      transport.step();
    }
  }

  private Pending here(Pending nothing) {
    nothing.await();
    return new Here();
  }

  private Object arena(DType type, Group group, int member) {
    return arenas.of(type, group.devices()[member]);
  }

  private List<Object> arenasHere(DType type, Group group) {
    return Arrays.stream(group.here()).mapToObj(member -> arena(type, group, member)).toList();
  }

  @Override
  public Pending allReduce(Combiner c, DType type, int in, int out, int count, List<String> axes) {
    Circle circle = begin(axes);
    if (circle.isLocal()) {
      return here(local.allReduce(c, type, in, out, count, axes));
    }
    List<List<Object>> targets =
        circle.groups().stream().map(group -> arenasHere(type, group)).toList();
    return allReduce(c, type, in, out, count, axes, targets);
  }

  @Override
  public Pending allReduceForAll(
      Combiner c, DType type, int in, int out, int count, List<String> axes) {
    everybody(axes);
    return allReduce(c, type, in, out, count, axes, List.of(List.of(common.of(type, 0))));
  }

  private Circle everybody(List<String> axes) {
    Circle circle = begin(axes);
    if (mesh.size(axes) != mesh.devices()) {
      throw new IllegalArgumentException(
          "the axes %s of the mesh '%s' do not hold all its devices".formatted(axes, mesh));
    }
    return circle;
  }

  /** To some arenas for each group: the first is folded to, the others get copies. */
  private Pending allReduce(
      Combiner c,
      DType type,
      int in,
      int out,
      int count,
      List<String> axes,
      List<List<Object>> targets) {
    Circle circle = circle(axes);
    boolean few = count <= FEW;
    Flight flight = flight(axes);
    Reduction reduction = reduction(flight, c, type);
    Mail mail = mail(flight);
    for (int g = 0; g < circle.groups().size(); g++) {
      Group group = circle.groups().get(g);
      List<Object> to = targets.get(g);
      if (few) {
        reduction.add(new Job(group, true, 0, in, 1, 0, count, to.getFirst(), out));
        spread(mail, to, Block.line(out, count));
        continue;
      }
      int parts = group.processes().length;
      for (int i = 0; i < parts; i++) {
        int start = (int) ((long) count * i / parts);
        int n = (int) ((long) count * (i + 1) / parts) - start;
        int owner = group.processes()[i];
        reduction.add(
            new Job(group, false, owner, in + start, 1, 0, n, to.getFirst(), out + start));
        Block slice = Block.line(out + start, n);
        if (owner == ranks.rank()) {
          for (int process : group.processes()) {
            if (process != owner) {
              mail.send(process, to.getFirst(), slice);
            }
          }
          spread(mail, to, slice);
        } else {
          mail.expect(owner, to, slice);
        }
      }
    }
    return flight.start(reduction, mail);
  }

  private static void spread(Mail mail, List<Object> arenas, Block block) {
    for (int i = 1; i < arenas.size(); i++) {
      mail.copy(arenas.getFirst(), block, arenas.get(i), block);
    }
  }

  @Override
  public Pending allGather(DType type, int in, int out, int outer, int part, List<String> axes) {
    Circle circle = begin(axes);
    if (circle.isLocal()) {
      return here(local.allGather(type, in, out, outer, part, axes));
    }
    Flight flight = flight(axes);
    Mail mail = mail(flight);
    circle
        .groups()
        .forEach(group -> gather(mail, type, group, arenasHere(type, group), in, out, outer, part));
    return flight.start(mail);
  }

  @Override
  public Pending allGatherForAll(
      DType type, int in, int out, int outer, int part, List<String> axes) {
    Group group = everybody(axes).groups().getFirst();
    Flight flight = flight(axes);
    Mail mail = mail(flight);
    gather(mail, type, group, List.of(common.of(type, 0)), in, out, outer, part);
    return flight.start(mail);
  }

  private void gather(
      Mail mail,
      DType type,
      Group group,
      List<Object> targets,
      int in,
      int out,
      int outer,
      int part) {
    int size = group.devices().length;
    int[] dims = {outer, part};
    Block from = new Block(in, dims, new int[] {part, 1});
    for (int s = 0; s < size; s++) {
      Block to = new Block(out + s * part, dims, new int[] {part * size, 1});
      if (group.isHere(s)) {
        Object source = arena(type, group, s);
        for (int process : group.processes()) {
          if (process != ranks.rank()) {
            mail.send(process, source, from);
          }
        }
        targets.forEach(target -> mail.copy(source, from, target, to));
      } else {
        mail.expect(ranks.owner(group.devices()[s]), targets, to);
      }
    }
  }

  @Override
  public Pending reduceScatter(
      Combiner c, DType type, int in, int out, int outer, int part, List<String> axes) {
    Circle circle = begin(axes);
    if (circle.isLocal()) {
      return here(local.reduceScatter(c, type, in, out, outer, part, axes));
    }
    Flight flight = flight(axes);
    Reduction reduction = reduction(flight, c, type);
    for (Group group : circle.groups()) {
      int size = group.devices().length;
      for (int t = 0; t < size; t++) {
        int owner = ranks.owner(group.devices()[t]);
        Object target = group.isHere(t) ? arena(type, group, t) : null;
        reduction.add(
            new Job(group, false, owner, in + t * part, outer, size * part, part, target, out));
      }
    }
    return flight.start(reduction);
  }

  @Override
  public Pending allToAll(
      DType type, int in, int out, int[] dims, int split, int concat, List<String> axes) {
    Circle circle = begin(axes);
    if (circle.isLocal()) {
      return here(local.allToAll(type, in, out, dims, split, concat, axes));
    }
    int[] block = SharedMemory.partDims(dims, split, mesh.size(axes), axes);
    int[] result = block.clone();
    result[concat] *= mesh.size(axes);
    int[] from = SharedMemory.strides(dims);
    int[] to = SharedMemory.strides(result);
    Flight flight = flight(axes);
    Mail mail = mail(flight);
    for (Group group : circle.groups()) {
      for (int s = 0; s < group.devices().length; s++) {
        Block put = new Block(out + s * block[concat] * to[concat], block, to);
        if (!group.isHere(s)) {
          for (int t : group.here()) {
            mail.expect(ranks.owner(group.devices()[s]), List.of(arena(type, group, t)), put);
          }
          continue;
        }
        Object source = arena(type, group, s);
        for (int t = 0; t < group.devices().length; t++) {
          Block taken = new Block(in + t * block[split] * from[split], block, from);
          if (group.isHere(t)) {
            mail.copy(source, taken, arena(type, group, t), put);
          } else {
            mail.send(ranks.owner(group.devices()[t]), source, taken);
          }
        }
      }
    }
    return flight.start(mail);
  }

  @Override
  public Pending collectivePermute(
      DType type, int in, int out, int count, int[] targets, List<String> axes) {
    Circle circle = begin(axes);
    if (circle.isLocal()) {
      return here(local.collectivePermute(type, in, out, count, targets, axes));
    }
    Block from = Block.line(in, count);
    Block to = Block.line(out, count);
    Flight flight = flight(axes);
    Mail mail = mail(flight);
    for (Group group : circle.groups()) {
      List<Integer> empty = new ArrayList<>(Arrays.stream(group.here()).boxed().toList());
      for (int s = 0; s < targets.length; s++) {
        int t = targets[s];
        if (t < 0) {
          continue;
        }
        empty.remove((Integer) t);
        if (group.isHere(s) && group.isHere(t)) {
          mail.copy(arena(type, group, s), from, arena(type, group, t), to);
        } else if (group.isHere(s)) {
          mail.send(ranks.owner(group.devices()[t]), arena(type, group, s), from);
        } else if (group.isHere(t)) {
          mail.expect(ranks.owner(group.devices()[s]), List.of(arena(type, group, t)), to);
        }
      }
      empty.forEach(t -> SharedMemory.clear(arena(type, group, t), out, count));
    }
    return flight.start(mail);
  }

  @Override
  public Pending gather(List<Part> parts, Object whole) {
    begin(everyAxis());
    Flight flight = flight(everyAxis());
    Mail mail = mail(flight);
    for (Part part : parts) {
      int nearest = part.nearest(ranks, ranks.rank());
      if (ranks.isHere(nearest)) {
        mail.copy(part.arena().apply(nearest), part.from(), whole, part.to());
      } else {
        mail.expect(ranks.owner(nearest), List.of(whole), part.to());
      }
      for (int process = 0; process < ranks.processes(); process++) {
        int sender = part.nearest(ranks, process);
        if (process != ranks.rank() && ranks.isHere(sender)) {
          mail.send(process, part.arena().apply(sender), part.from());
        }
      }
    }
    return flight.start(mail);
  }

  private List<String> everyAxis() {
    return mesh.axes().stream().map(MeshAxis::name).toList();
  }
}
