package io.gshard.collective;

import io.gshard.kernels.Move;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The collectives among devices whose memories this process holds, done at once. Every worker does
 * a fixed part of the work; a result depends on no timing.
 */
public final class SharedMemory implements Collectives {
  private final MeshShape mesh;
  private final Ranks ranks;
  private final Sharing sharing;
  private final Arenas arenas;
  private final Arenas common;
  private final Map<List<String>, int[][]> groups = new HashMap<>();

  /**
   * Collectives of a process.
   *
   * @param arenas the devices' memories
   * @param common the memory that the devices share, as the only one
   */
  public SharedMemory(MeshShape mesh, Team team, Arenas arenas, Arenas common) {
    this(mesh, Ranks.single(mesh.devices()), new Sharing(team), arenas, common);
  }

  /** Of the groups that have all their devices in this process, or none. */
  SharedMemory(MeshShape mesh, Ranks ranks, Sharing sharing, Arenas arenas, Arenas common) {
    this.mesh = mesh;
    this.ranks = ranks;
    this.sharing = sharing;
    this.arenas = arenas;
    this.common = common;
  }

  @Override
  public Pending allReduce(Combiner c, DType type, int in, int out, int count, List<String> axes) {
    int[][] groups = groups(axes);
    int blocks = Math.ceilDiv(count, BlockFold.BLOCK);
    sharing.run(
        groups.length * blocks,
        (long) count * devices(groups),
        () -> new BlockFold(arenas, c, type),
        (fold, unit) -> {
          int[] group = groups[unit / blocks];
          int start = unit % blocks * BlockFold.BLOCK;
          int n = Math.min(BlockFold.BLOCK, count - start);
          Object first = arenas.of(type, group[0]);
          fold.fold(group, in + start, n, first, out + start);
          for (int i = 1; i < group.length; i++) {
            System.arraycopy(first, out + start, arenas.of(type, group[i]), out + start, n);
          }
        });
    return Pending.NONE;
  }

  @Override
  public Pending allReduceForAll(
      Combiner c, DType type, int in, int out, int count, List<String> axes) {
    int[] group = everybody(axes);
    sharing.run(
        Math.ceilDiv(count, BlockFold.BLOCK),
        (long) count * group.length,
        () -> new BlockFold(arenas, c, type),
        (fold, unit) -> {
          int start = unit * BlockFold.BLOCK;
          int n = Math.min(BlockFold.BLOCK, count - start);
          fold.fold(group, in + start, n, common.of(type, 0), out + start);
        });
    return Pending.NONE;
  }

  @Override
  public Pending allGatherForAll(
      DType type, int in, int out, int outer, int part, List<String> axes) {
    int[] group = everybody(axes);
    int[] dims = {outer, part};
    int[] from = {part, 1};
    int[] to = {part * group.length, 1};
    Object target = common.of(type, 0);
    sharing.run(
        group.length,
        (long) outer * part * group.length,
        () -> null,
        (none, member) ->
            copy(arenas.of(type, group[member]), in, dims, from, target, out + member * part, to));
    return Pending.NONE;
  }

  private int[] everybody(List<String> axes) {
    int[][] groups = groups(axes);
    if (groups.length != 1) {
      throw new IllegalArgumentException(
          "the axes %s of the mesh '%s' do not hold all its devices".formatted(axes, mesh));
    }
    return groups[0];
  }

  @Override
  public Pending allGather(DType type, int in, int out, int outer, int part, List<String> axes) {
    forEachMember(
        axes,
        (long) outer * part * mesh.size(axes) * mesh.devices(),
        (group, member) -> {
          int[] dims = {outer, part};
          int[] from = {part, 1};
          int[] to = {part * group.length, 1};
          for (int s = 0; s < group.length; s++) {
            copy(type, group[s], in, dims, from, group[member], out + s * part, to);
          }
        });
    return Pending.NONE;
  }

  @Override
  public Pending reduceScatter(
      Combiner c, DType type, int in, int out, int outer, int part, List<String> axes) {
    int[][] groups = groups(axes);
    int size = mesh.size(axes);
    sharing.run(
        devices(groups),
        (long) outer * part * size * devices(groups),
        () -> new BlockFold(arenas, c, type),
        (fold, unit) -> {
          int[] group = groups[unit / size];
          int member = unit % size;
          Object to = arenas.of(type, group[member]);
          for (int o = 0; o < outer; o++) {
            int row = in + (o * size + member) * part;
            for (int p = 0; p < part; p += BlockFold.BLOCK) {
              int n = Math.min(BlockFold.BLOCK, part - p);
              fold.fold(group, row + p, n, to, out + o * part + p);
            }
          }
        });
    return Pending.NONE;
  }

  @Override
  public Pending allToAll(
      DType type, int in, int out, int[] dims, int split, int concat, List<String> axes) {
    int size = mesh.size(axes);
    int[] block = partDims(dims, split, size, axes);
    int[] result = block.clone();
    result[concat] *= size;
    int[] from = strides(dims);
    int[] to = strides(result);
    long elements = 1;
    for (int dim : dims) {
      elements *= dim;
    }
    forEachMember(
        axes,
        elements * mesh.devices(),
        (group, member) -> {
          int taken = in + member * block[split] * from[split];
          for (int s = 0; s < size; s++) {
            int put = out + s * block[concat] * to[concat];
            copy(type, group[s], taken, block, from, group[member], put, to);
          }
        });
    return Pending.NONE;
  }

  @Override
  public Pending collectivePermute(
      DType type, int in, int out, int count, int[] targets, List<String> axes) {
    int[] sources = new int[targets.length];
    Arrays.fill(sources, -1);
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] >= 0) {
        sources[targets[i]] = i;
      }
    }
    forEachMember(
        axes,
        (long) count * mesh.devices(),
        (group, member) -> {
          Object to = arenas.of(type, group[member]);
          if (sources[member] >= 0) {
            Object from = arenas.of(type, group[sources[member]]);
            System.arraycopy(from, in, to, out, count);
          } else {
            clear(to, out, count);
          }
        });
    return Pending.NONE;
  }

  @Override
  public Pending gather(List<Part> parts, Object whole) {
    for (Part part : parts) {
      Object arena = part.arena().apply(part.devices().getFirst());
      part.from().copy(arena, whole, part.to());
    }
    return Pending.NONE;
  }

  /** The dims of what an all-to-all sends from one member to another. */
  static int[] partDims(int[] dims, int split, int size, List<String> axes) {
    if (dims[split] % size != 0) {
      throw new IllegalArgumentException(
          "all-to-all over %s: dim %d of %s does not divide by %d"
              .formatted(axes, split, Arrays.toString(dims), size));
    }
    int[] block = dims.clone();
    block[split] /= size;
    return block;
  }

  static void clear(Object arena, int at, int n) {
    switch (arena) {
      case float[] x -> Arrays.fill(x, at, at + n, 0);
      case int[] x -> Arrays.fill(x, at, at + n, 0);
      case short[] x -> Arrays.fill(x, at, at + n, (short) 0);
      case byte[] x -> Arrays.fill(x, at, at + n, (byte) 0);
      case long[] x -> Arrays.fill(x, at, at + n, 0);
      case double[] x -> Arrays.fill(x, at, at + n, 0);
      default -> throw new IllegalArgumentException("no arena: " + arena.getClass());
    }
  }

  /** From one device to another. */
  private void copy(
      DType type, int source, int so, int[] dims, int[] from, int target, int to, int[] strides) {
    copy(arenas.of(type, source), so, dims, from, arenas.of(type, target), to, strides);
  }

  private static void copy(
      Object source, int so, int[] dims, int[] from, Object target, int to, int[] strides) {
    switch (source) {
      case float[] x -> Move.copy(x, so, dims, from, (float[]) target, to, strides);
      case int[] x -> Move.copy(x, so, dims, from, (int[]) target, to, strides);
      case short[] x -> Move.copy(x, so, dims, from, (short[]) target, to, strides);
      case byte[] x -> Move.copy(x, so, dims, from, (byte[]) target, to, strides);
      case long[] x -> Move.copy(x, so, dims, from, (long[]) target, to, strides);
      case double[] x -> Move.copy(x, so, dims, from, (double[]) target, to, strides);
      default -> throw new IllegalArgumentException("no arena: " + source.getClass());
    }
  }

  static int[] strides(int[] dims) {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  private interface Member {
    void run(int[] group, int member);
  }

  private void forEachMember(List<String> axes, long elements, Member body) {
    int[][] groups = groups(axes);
    int size = mesh.size(axes);
    sharing.run(
        devices(groups),
        elements,
        () -> null,
        (none, unit) -> body.run(groups[unit / size], unit % size));
  }

  private static int devices(int[][] groups) {
    return groups.length == 0 ? 0 : groups.length * groups[0].length;
  }

  private int[][] groups(List<String> axes) {
    return groups.computeIfAbsent(
        List.copyOf(axes),
        names ->
            mesh.groups(names).stream()
                .filter(group -> ranks.isHere(group.getFirst()))
                .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new));
  }
}
