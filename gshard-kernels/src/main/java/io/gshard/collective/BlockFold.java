package io.gshard.collective;

import io.gshard.kernels.Convert;
import io.gshard.kernels.Fold;
import io.gshard.kernels.WideFold;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds the same block of elements over a group of devices. Neighbours in the group's order are
 * folded first, then pairs of pairs, and so on: so results depend on no timing, and a process that
 * has a power of two of neighbours can fold its own before it sends them. bf16 is folded in f32 and
 * f16 in f64, rounded once. One per worker: it holds the running blocks.
 */
final class BlockFold {
  /** Elements: few enough that the running blocks and what they are folded of stay in L1. */
  static final int BLOCK = 1024;

  private final Arenas arenas;
  private final Combiner combiner;
  private final DType type;
  private final DType wide;

  /** A running block for each level of the tree. */
  private final List<Object> running = new ArrayList<>();

  private final short[] rounded = new short[BLOCK];

  BlockFold(Arenas arenas, Combiner combiner, DType type) {
    this.arenas = arenas;
    this.combiner = combiner;
    this.type = type;
    this.wide = wide(type);
  }

  /** The type in which folds of a type are kept until they are complete. */
  static DType wide(DType type) {
    return switch (type) {
      case BF16 -> DType.F32;
      case F16 -> DType.F64;
      default -> type;
    };
  }

  /** A block of a type. */
  static Object block(DType type) {
    return switch (type) {
      case F32 -> new float[BLOCK];
      case S32, U32 -> new int[BLOCK];
      case BF16 -> new short[BLOCK];
      case PRED -> new byte[BLOCK];
      case S8, S16, S64, U8, U16, U64 -> new long[BLOCK];
      case F16, F64 -> new double[BLOCK];
      case C64, C128 -> throw new IllegalArgumentException("no folds of " + type.hloName());
    };
  }

  /** The fold of n (at most BLOCK) elements at an offset: the array's first n elements. */
  Object fold(int[] group, int at, int n) {
    return rounded(type, wide(group, at, n), rounded, n);
  }

  /**
   * The same to an array of the type, which may be where a device of the group has its elements.
   */
  void fold(int[] group, int at, int n, Object to, int start) {
    if (wide == type && group.length > 1) {
      fold(group, 0, group.length, at, n, 0, to, start);
    } else {
      System.arraycopy(fold(group, at, n), 0, to, start, n);
    }
  }

  /** The first n elements of a fold in its own type: rounded in place, or to another array. */
  static Object rounded(DType type, Object folded, short[] bf16, int n) {
    return switch (type) {
      case BF16 -> {
        Convert.convert((float[]) folded, 0, bf16, 0, n);
        yield bf16;
      }
      case F16 -> {
        WideFold.round(type, (double[]) folded, 0, n);
        yield folded;
      }
      default -> folded;
    };
  }

  /** The fold before it is rounded: in elements of the wide type. */
  Object wide(int[] group, int at, int n) {
    if (group.length == 1) {
      Object only = running(0);
      load(group[0], at, n, only);
      return only;
    }
    Object into = running(0);
    fold(group, 0, group.length, at, n, 0, into, 0);
    return into;
  }

  private Object running(int level) {
    while (running.size() <= level) {
      running.add(block(wide));
    }
    return running.get(level);
  }

  private void load(int device, int at, int n, Object to) {
    if (type == DType.BF16) {
      Convert.convert(arenas.bf16()[device], at, (float[]) to, 0, n);
    } else {
      System.arraycopy(arenas.of(type, device), at, to, 0, n);
    }
  }

  /** Folds the members from first to end, at least two, with the running blocks from a level on. */
  private void fold(
      int[] group, int first, int end, int at, int n, int level, Object into, int start) {
    int middle = first + Integer.highestOneBit(end - first - 1);
    boolean leftIsLeaf = middle - first == 1 && type != DType.BF16;
    Object left = operand(group, first, middle, at, n, level);
    boolean rightIsLeaf = end - middle == 1 && type != DType.BF16;
    Object right = operand(group, middle, end, at, n, level + 1);
    combine(left, leftIsLeaf ? at : 0, right, rightIsLeaf ? at : 0, into, start, n);
  }

  /** A device's own arena where it is one of the wide type, else a running block. */
  private Object operand(int[] group, int first, int end, int at, int n, int level) {
    if (end - first > 1) {
      Object into = running(level);
      fold(group, first, end, at, n, level, into, 0);
      return into;
    }
    if (type != DType.BF16) {
      return arenas.of(type, group[first]);
    }
    Object converted = running(level);
    load(group[first], at, n, converted);
    return converted;
  }

  private void combine(Object x, int xo, Object y, int yo, Object z, int zo, int n) {
    switch (z) {
      case float[] to -> Fold.combine(combiner, (float[]) x, xo, (float[]) y, yo, to, zo, n);
      case int[] to ->
          Fold.combine(combiner, type == DType.U32, (int[]) x, xo, (int[]) y, yo, to, zo, n);
      case byte[] to -> Fold.combine(combiner, (byte[]) x, xo, (byte[]) y, yo, to, zo, n);
      case long[] to -> WideFold.combine(combiner, wide, (long[]) x, xo, (long[]) y, yo, to, zo, n);
      case double[] to ->
          WideFold.combine(combiner, wide, (double[]) x, xo, (double[]) y, yo, to, zo, n);
      default -> throw new IllegalArgumentException("no folds of " + z.getClass());
    }
  }
}
