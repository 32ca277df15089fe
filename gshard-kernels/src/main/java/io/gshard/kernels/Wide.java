package io.gshard.kernels;

import io.gshard.op.Casts;
import io.gshard.op.IntegerMath;
import io.gshard.op.Op;
import io.gshard.op.RealMath;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/**
 * Elementwise ops on the element types that have no vector kernels: integers of 8, 16 and 64 bits
 * as longs, f16 and f64 as doubles. One element after the other, each computed wide and brought
 * back to its type at once, so that an array always holds values of its type.
 */
public final class Wide {
  private Wide() {}

  public static void unary(
      Op.UnaryKind kind, DType type, long[] x, int xo, long[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Literal.wrap(type, IntegerMath.unary(kind, type, x[xo + i]));
    }
  }

  public static void unary(
      Op.UnaryKind kind, DType type, double[] x, int xo, double[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Literal.round(type, RealMath.unary(kind, x[xo + i]));
    }
  }

  /** 1 where x is neither infinite nor NaN. */
  public static void isFinite(double[] x, int xo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Double.isFinite(x[xo + i]) ? 1 : 0);
    }
  }

  public static void binary(
      Op.BinaryKind kind,
      DType type,
      long[] x,
      int xo,
      long[] y,
      int yo,
      long[] out,
      int oo,
      int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Literal.wrap(type, IntegerMath.binary(kind, type, x[xo + i], y[yo + i]));
    }
  }

  public static void binary(
      Op.BinaryKind kind,
      DType type,
      double[] x,
      int xo,
      double[] y,
      int yo,
      double[] out,
      int oo,
      int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Literal.round(type, RealMath.binary(kind, x[xo + i], y[yo + i]));
    }
  }

  public static void compare(
      Op.Direction direction,
      DType type,
      long[] x,
      int xo,
      long[] y,
      int yo,
      byte[] out,
      int oo,
      int n) {
    for (int i = 0; i < n; i++) {
      boolean holds = IntegerMath.compare(direction, type, x[xo + i], y[yo + i]);
      out[oo + i] = (byte) (holds ? 1 : 0);
    }
  }

  public static void compare(
      Op.Direction direction,
      DType type,
      double[] x,
      int xo,
      double[] y,
      int yo,
      byte[] out,
      int oo,
      int n) {
    for (int i = 0; i < n; i++) {
      boolean holds = RealMath.compare(direction, x[xo + i], y[yo + i]);
      out[oo + i] = (byte) (holds ? 1 : 0);
    }
  }

  public static void select(
      byte[] p, int po, long[] x, int xo, long[] y, int yo, long[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y[yo + i];
    }
  }

  public static void select(
      byte[] p, int po, double[] x, int xo, double[] y, int yo, double[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y[yo + i];
    }
  }

  /**
   * By value, from any type to any, of which one is wide. Floating to integer truncates and
   * saturates, NaN gives 0; integers wrap; what is not 0 is true.
   *
   * @param x an array of the storage class of {@code from}
   * @param out an array of the storage class of {@code to}
   */
  public static void convert(DType from, DType to, Object x, int xo, Object out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      if (to.isFloating()) {
        double value =
            from.isFloating() ? real(x, xo + i) : Casts.toReal(from, to, integer(from, x, xo + i));
        put(to, Literal.round(to, value), out, oo + i);
      } else if (!from.isFloating()) {
        put(Literal.wrap(to, integer(from, x, xo + i)), out, oo + i);
      } else if (to == DType.PRED) {
        put(real(x, xo + i) == 0 ? 0 : 1, out, oo + i);
      } else {
        put(Casts.saturate(to, real(x, xo + i)), out, oo + i);
      }
    }
  }

  /** By bits, between types of one width, of which one is wide; arrays as for {@link #convert}. */
  public static void bitcast(DType from, DType to, Object x, int xo, Object out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      long bits =
          from.isFloating() ? Casts.toBits(from, real(x, xo + i)) : integer(from, x, xo + i);
      if (to.isFloating()) {
        put(to, Casts.fromBits(to, bits), out, oo + i);
      } else {
        put(Literal.wrap(to, bits), out, oo + i);
      }
    }
  }

  private static double real(Object array, int at) {
    return switch (array) {
      case double[] x -> x[at];
      case float[] x -> x[at];
      case short[] x -> Scalars.fromBf16(x[at]);
      default -> throw new IllegalArgumentException("no floating elements: " + array.getClass());
    };
  }

  private static long integer(DType type, Object array, int at) {
    return switch (array) {
      case long[] x -> x[at];
      case int[] x -> type == DType.U32 ? Integer.toUnsignedLong(x[at]) : x[at];
      case byte[] x -> x[at];
      default -> throw new IllegalArgumentException("no integers: " + array.getClass());
    };
  }

  private static void put(DType type, double value, Object array, int at) {
    switch (array) {
      case double[] x -> x[at] = value;
      case float[] x -> x[at] = (float) value;
      case short[] x -> x[at] = (short) Casts.toBits(type, value);
      default -> throw new IllegalArgumentException("no floating elements: " + array.getClass());
    }
  }

  private static void put(long value, Object array, int at) {
    switch (array) {
      case long[] x -> x[at] = value;
      case int[] x -> x[at] = (int) value;
      case byte[] x -> x[at] = (byte) value;
      default -> throw new IllegalArgumentException("no integers: " + array.getClass());
    }
  }
}
