package io.gshard.kernels;

import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The scalar twin of the folds of a dense block, and the folding of one element into another. */
class FoldLoops {

  /** A long sum adds the sums of blocks of this length, in double. */
  private static final int LONG = 4096;

  /** Eight predicates at a time. */
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ALL_ONE = 0x0101010101010101L;

  /** The fold of n elements; a long sum loses little. */
  final float block(Combiner c, float[] x, int xo, int n) {
    if (c != Combiner.ADD || n <= LONG) {
      return strands(c, x, xo, n);
    }
    double sum = 0;
    for (int i = 0; i < n; i += LONG) {
      sum += strands(c, x, xo + i, Math.min(LONG, n - i));
    }
    return (float) sum;
  }

  /** The fold in several strands, which are folded at the end. */
  float strands(Combiner c, float[] x, int xo, int n) {
    float[] strands = new float[8];
    Arrays.fill(strands, (float) c.identity(DType.F32));
    for (int i = 0; i < n; i++) {
      strands[i & 7] = fold(c, strands[i & 7], x[xo + i]);
    }
    for (int width = 4; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        strands[i] = fold(c, strands[i], strands[i + width]);
      }
    }
    return strands[0];
  }

  /** The fold of n words. */
  int block(Combiner c, int[] x, int xo, int n) {
    int result = (int) (long) c.identity(DType.S32);
    for (int i = 0; i < n; i++) {
      result = fold(c, result, x[xo + i]);
    }
    return result;
  }

  /** The fold of n predicates: whether one is 1, or whether all are. */
  static byte block(Combiner c, byte[] x, int xo, int n) {
    return switch (c) {
      case ADD, MAXIMUM, OR -> {
        long any = 0;
        int i = 0;
        for (; i <= n - Long.BYTES; i += Long.BYTES) {
          any |= (long) LONGS.get(x, xo + i);
        }
        for (; i < n; i++) {
          any |= x[xo + i];
        }
        yield (byte) (any != 0 ? 1 : 0);
      }
      case MULTIPLY, MINIMUM, AND -> {
        long all = ALL_ONE;
        int i = 0;
        for (; i <= n - Long.BYTES; i += Long.BYTES) {
          all &= (long) LONGS.get(x, xo + i);
        }
        for (; i < n; i++) {
          all = x[xo + i] == 0 ? 0 : all;
        }
        yield (byte) (all == ALL_ONE ? 1 : 0);
      }
    };
  }

  static float fold(Combiner c, float x, float y) {
    return switch (c) {
      case ADD -> x + y;
      case MULTIPLY -> x * y;
      case MAXIMUM -> Math.max(x, y);
      case MINIMUM -> Math.min(x, y);
      case AND, OR -> throw new IllegalArgumentException(c + " of f32");
    };
  }

  static int fold(Combiner c, int x, int y) {
    return switch (c) {
      case ADD -> x + y;
      case MULTIPLY -> x * y;
      case MAXIMUM -> Math.max(x, y);
      case MINIMUM -> Math.min(x, y);
      case AND -> x & y;
      case OR -> x | y;
    };
  }

  static int foldUnsigned(Combiner c, int x, int y) {
    return switch (c) {
      case MAXIMUM -> Scalars.maximumUnsigned(x, y);
      case MINIMUM -> Scalars.minimumUnsigned(x, y);
      case ADD, MULTIPLY, AND, OR -> fold(c, x, y);
    };
  }

  static byte fold(Combiner c, byte x, byte y) {
    return switch (c) {
      case ADD, MAXIMUM, OR -> (byte) (x | y);
      case MULTIPLY, MINIMUM, AND -> (byte) (x & y);
    };
  }
}
