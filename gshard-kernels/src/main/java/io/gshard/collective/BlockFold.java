package io.gshard.collective;

import io.gshard.kernels.Convert;
import io.gshard.kernels.Fold;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;

/**
 * Folds the same block of elements over a group of devices, in the group's order, so that results
 * do not depend on timing. bf16 is folded in f32 and rounded once. One per worker: it holds the
 * running block.
 */
final class BlockFold {
  static final int BLOCK = 1024;

  private final Arenas arenas;
  private final Combiner combiner;
  private final DType type;
  private float[] floats;
  private float[] widened;
  private int[] ints;
  private short[] shorts;
  private byte[] bytes;

  BlockFold(Arenas arenas, Combiner combiner, DType type) {
    this.arenas = arenas;
    this.combiner = combiner;
    this.type = type;
    switch (type) {
      case F32 -> floats = new float[BLOCK];
      case BF16 -> {
        floats = new float[BLOCK];
        widened = new float[BLOCK];
        shorts = new short[BLOCK];
      }
      case S32, U32 -> ints = new int[BLOCK];
      default -> bytes = new byte[BLOCK];
    }
  }

  /** The fold of n (at most BLOCK) elements at an offset: the array's first n elements. */
  Object fold(int[] group, int at, int n) {
    return switch (type) {
      case F32 -> {
        System.arraycopy(arenas.f32()[group[0]], at, floats, 0, n);
        for (int i = 1; i < group.length; i++) {
          Fold.combine(combiner, floats, 0, arenas.f32()[group[i]], at, floats, 0, n);
        }
        yield floats;
      }
      case BF16 -> {
        wide(group, at, n);
        Convert.convert(floats, 0, shorts, 0, n);
        yield shorts;
      }
      case S32, U32 -> {
        System.arraycopy(arenas.s32()[group[0]], at, ints, 0, n);
        for (int i = 1; i < group.length; i++) {
          int[] next = arenas.s32()[group[i]];
          Fold.combine(combiner, type == DType.U32, ints, 0, next, at, ints, 0, n);
        }
        yield ints;
      }
      default -> {
        System.arraycopy(arenas.of(type, group[0]), at, bytes, 0, n);
        for (int i = 1; i < group.length; i++) {
          Fold.combine(combiner, bytes, 0, arenas.pred()[group[i]], at, bytes, 0, n);
        }
        yield bytes;
      }
    };
  }

  /** The type in which folds of a type are kept until they are complete. */
  static DType wide(DType type) {
    return type == DType.BF16 ? DType.F32 : type;
  }

  /** The fold before it is rounded: in elements of the wide type. */
  Object wide(int[] group, int at, int n) {
    if (type != DType.BF16) {
      return fold(group, at, n);
    }
    Convert.convert(arenas.bf16()[group[0]], at, floats, 0, n);
    for (int i = 1; i < group.length; i++) {
      Convert.convert(arenas.bf16()[group[i]], at, widened, 0, n);
      Fold.combine(combiner, floats, 0, widened, 0, floats, 0, n);
    }
    return floats;
  }
}
