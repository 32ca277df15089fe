package io.gshard.collective;

import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The collectives of a program's driver, each over any of the mesh's axes. Offsets and dims are
 * those of a device's shard, the same for all. Except for allReduce, where {@code in} may be {@code
 * out}, the operand and the result do not overlap.
 *
 * <p>A call begins a collective. When it returns the operand has been read, and its memory may be
 * used for something else; the result is there when the collective has been awaited, and until then
 * its memory is the collective's. Collectives are awaited in the same order in all processes.
 */
public interface Collectives {

  /** Folds count elements over each group; every member gets the same bits. */
  Pending allReduce(Combiner c, DType type, int in, int out, int count, List<String> axes);

  /** Folds count elements over all devices, once, to the common memory. */
  Pending allReduceForAll(Combiner c, DType type, int in, int out, int count, List<String> axes);

  /** {@code [outer, part]} of all devices, side by side, once, in the common memory. */
  Pending allGatherForAll(DType type, int in, int out, int outer, int part, List<String> axes);

  /** {@code [outer, part]} of each member, side by side: {@code [outer, n * part]}. */
  Pending allGather(DType type, int in, int out, int outer, int part, List<String> axes);

  /**
   * {@code [outer, n * part]} folded over the group; member i keeps the i-th {@code [outer, part]}.
   */
  Pending reduceScatter(
      Combiner c, DType type, int in, int out, int outer, int part, List<String> axes);

  /**
   * Cuts the split dim of an operand of these dims in as many parts as the group has members;
   * member i gets the i-th of each, joined along the concat dim in the members' order.
   */
  Pending allToAll(
      DType type, int in, int out, int[] dims, int split, int concat, List<String> axes);

  /**
   * Member i sends count elements to member {@code targets[i]}, -1: to nobody; who gets nothing has
   * zeros.
   */
  Pending collectivePermute(
      DType type, int in, int out, int count, int[] targets, List<String> axes);

  /** Between programs: brings the parts of a tensor together, in every process. */
  Pending gather(List<Part> parts, Object whole);

  /**
   * A part of a tensor that one or several devices have.
   *
   * @param devices that have it, at the same place
   * @param arena the memory of a device of this process
   * @param to where it belongs in the whole tensor
   */
  record Part(List<Integer> devices, IntFunction<Object> arena, Block from, Block to) {
    /** The device from which a process gets it: its own, if it has one. */
    int nearest(Ranks ranks, int process) {
      return devices.stream()
          .filter(device -> ranks.owner(device) == process)
          .findFirst()
          .orElse(devices.getFirst());
    }
  }
}
