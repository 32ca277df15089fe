package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.apply;
import static io.gshard.eval.Literals.f32;
import static io.gshard.eval.Literals.ints;
import static io.gshard.eval.Literals.pred;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.scalar;
import static io.gshard.eval.Literals.vector;

import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.op.Op.Direction;
import io.gshard.op.Op.UnaryKind;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

final class ElementwiseTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static Literal unary(UnaryKind kind, Literal x) {
    return apply(new Op.Unary(kind), x);
  }

  private static Literal binary(BinaryKind kind, Literal x, Literal y) {
    return apply(new Op.Binary(kind), x, y);
  }

  @Test
  void everyFloatingUnaryRoundsToItsType() {
    double[] points = {0.3, 1.7, 2.5};
    check(UnaryKind.ABS, Math::abs, points);
    check(UnaryKind.NEGATE, x -> -x, points);
    check(UnaryKind.EXP, Math::exp, points);
    check(UnaryKind.EXPM1, Math::expm1, points);
    check(UnaryKind.LOG, Math::log, points);
    check(UnaryKind.LOG1P, Math::log1p, points);
    check(UnaryKind.SQRT, Math::sqrt, points);
    check(UnaryKind.RSQRT, x -> Math.pow(x, -0.5), points);
    check(UnaryKind.CBRT, x -> Math.pow(x, 1 / 3.0), points);
    check(UnaryKind.TANH, x -> 1 - 2 / (Math.exp(2 * x) + 1), points);
    check(UnaryKind.LOGISTIC, x -> Math.exp(x) / (1 + Math.exp(x)), points);
    check(UnaryKind.SINE, Math::sin, points);
    check(UnaryKind.COSINE, Math::cos, points);
    check(UnaryKind.TAN, x -> Math.sin(x) / Math.cos(x), points);
  }

  private static void check(UnaryKind kind, DoubleUnaryOperator expected, double[] points) {
    for (DType type : new DType[] {DType.F32, DType.BF16, DType.F16}) {
      Literal x = vector(type, points);
      Literal found = unary(kind, x);
      for (int i = 0; i < points.length; i++) {
        double exact = expected.applyAsDouble(x.real(i));
        double step =
            Math.abs(exact) * (type == DType.F32 ? 1e-7 : type == DType.BF16 ? 5e-3 : 6e-4);
        assertThat(found.real(i)).isWithin(step).of(exact);
        assertThat(found.real(i)).isEqualTo(Literal.round(type, found.real(i)));
      }
    }
  }

  @Test
  void erfHasTheTabulatedValues() {
    Literal found = unary(UnaryKind.ERF, vector(DType.F64, 0, 0.5, 1, -2, 3.5, 6.5, -INF));
    // Abramowitz and Stegun, table 7.1.
    double[] expected = {0, 0.5204998778, 0.8427007929, -0.9953222650, 0.9999992569, 1, -1};
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.real(i)).isWithin(1e-10).of(expected[i]);
    }
  }

  @Test
  void roundings() {
    Literal x = f32(-2.5, -1.5, -0.5, -0.3, 0.5, 1.5, 2.5, 0.49999997);
    assertThat(unary(UnaryKind.FLOOR, x)).isEqualTo(f32(-3, -2, -1, -1, 0, 1, 2, 0));
    assertThat(unary(UnaryKind.CEIL, x)).isEqualTo(f32(-2, -1, -0.0, -0.0, 1, 2, 3, 1));
    assertThat(unary(UnaryKind.ROUND_NEAREST_AFZ, x)).isEqualTo(f32(-3, -2, -1, -0.0, 1, 2, 3, 0));
    assertThat(unary(UnaryKind.ROUND_NEAREST_EVEN, x))
        .isEqualTo(f32(-2, -2, -0.0, -0.0, 0, 2, 2, 0));
  }

  @Test
  void signsAndSpecialValues() {
    assertThat(unary(UnaryKind.SIGN, f32(-3, -0.0, 0, 5, NAN))).isEqualTo(f32(-1, -0.0, 0, 1, NAN));
    assertThat(unary(UnaryKind.IS_FINITE, f32(1, INF, -INF, NAN))).isEqualTo(pred(1, 0, 0, 0));
    assertThat(unary(UnaryKind.LOG, f32(0, -1))).isEqualTo(f32(-INF, NAN));
    assertThat(unary(UnaryKind.RSQRT, f32(0))).isEqualTo(f32(INF));
    assertThat(unary(UnaryKind.ERF, f32(NAN))).isEqualTo(f32(NAN));
  }

  @Test
  void integerUnaries() {
    assertThat(unary(UnaryKind.ABS, s32(-7, Integer.MIN_VALUE)))
        .isEqualTo(s32(7, Integer.MIN_VALUE));
    assertThat(unary(UnaryKind.SIGN, s32(-7, 0, 9))).isEqualTo(s32(-1, 0, 1));
    assertThat(unary(UnaryKind.SIGN, ints(DType.U64, -1))).isEqualTo(ints(DType.U64, 1));
    assertThat(unary(UnaryKind.NEGATE, ints(DType.U8, 1))).isEqualTo(ints(DType.U8, 255));
    assertThat(unary(UnaryKind.NOT, ints(DType.U8, 1))).isEqualTo(ints(DType.U8, 254));
    assertThat(unary(UnaryKind.NOT, s32(0))).isEqualTo(s32(-1));
    assertThat(unary(UnaryKind.NOT, pred(0, 1))).isEqualTo(pred(1, 0));
    assertThat(unary(UnaryKind.POPCNT, ints(DType.S8, -1, 5))).isEqualTo(ints(DType.S8, 8, 2));
    assertThat(unary(UnaryKind.CLZ, ints(DType.S16, 1, 0, -1)))
        .isEqualTo(ints(DType.S16, 15, 16, 0));
  }

  @Test
  void integersWrap() {
    assertThat(binary(BinaryKind.ADD, s32(Integer.MAX_VALUE), s32(1)))
        .isEqualTo(s32(Integer.MIN_VALUE));
    assertThat(binary(BinaryKind.SUBTRACT, ints(DType.U32, 0), ints(DType.U32, 1)))
        .isEqualTo(ints(DType.U32, 0xffffffffL));
    assertThat(binary(BinaryKind.MULTIPLY, ints(DType.U8, 200), ints(DType.U8, 3)))
        .isEqualTo(ints(DType.U8, 600 % 256));
  }

  @Test
  void divisionRules() {
    Literal x = s32(7, -7, 7, Integer.MIN_VALUE);
    Literal y = s32(2, 2, 0, -1);
    assertThat(binary(BinaryKind.DIVIDE, x, y)).isEqualTo(s32(3, -3, -1, Integer.MIN_VALUE));
    assertThat(binary(BinaryKind.REMAINDER, x, y)).isEqualTo(s32(1, -1, 7, 0));
    Literal u = ints(DType.U32, 0xffffffffL, 5);
    assertThat(binary(BinaryKind.DIVIDE, u, ints(DType.U32, 2, 0)))
        .isEqualTo(ints(DType.U32, 0x7fffffffL, 0xffffffffL));
    assertThat(binary(BinaryKind.REMAINDER, ints(DType.U64, -1), ints(DType.U64, 10)))
        .isEqualTo(ints(DType.U64, 5)); // 2^64 - 1 ends in 5
    assertThat(binary(BinaryKind.REMAINDER, f32(-5.5), f32(2))).isEqualTo(f32(-1.5));
  }

  @Test
  void shiftsByTheWidthOrMore() {
    Literal x = s32(-8, -8, -8, -8);
    Literal by = s32(1, 31, 32, -1);
    assertThat(binary(BinaryKind.SHIFT_LEFT, x, by)).isEqualTo(s32(-16, 0, 0, 0));
    assertThat(binary(BinaryKind.SHIFT_RIGHT_ARITHMETIC, x, by)).isEqualTo(s32(-4, -1, -1, -1));
    assertThat(binary(BinaryKind.SHIFT_RIGHT_LOGICAL, x, by)).isEqualTo(s32(0x7ffffffc, 1, 0, 0));
    assertThat(binary(BinaryKind.SHIFT_RIGHT_ARITHMETIC, ints(DType.U8, 0x80), ints(DType.U8, 3)))
        .isEqualTo(ints(DType.U8, 0xf0));
  }

  @Test
  void powers() {
    assertThat(binary(BinaryKind.POWER, s32(3, 2, -1, 5, 1), s32(4, 31, -3, -1, -9)))
        .isEqualTo(s32(81, Integer.MIN_VALUE, -1, 0, 1));
    assertThat(binary(BinaryKind.POWER, f32(2, 1, -1, 0), f32(0.5, NAN, INF, 0)))
        .isEqualTo(f32((float) Math.sqrt(2), 1, 1, 1));
  }

  @Test
  void maximumAndMinimumKeepNaN() {
    Literal x = f32(1, NAN, 3);
    Literal y = f32(2, 0, NAN);
    assertThat(binary(BinaryKind.MAXIMUM, x, y)).isEqualTo(f32(2, NAN, NAN));
    assertThat(binary(BinaryKind.MINIMUM, x, y)).isEqualTo(f32(1, NAN, NAN));
    Literal u = ints(DType.U64, -1, 1);
    assertThat(binary(BinaryKind.MAXIMUM, u, ints(DType.U64, 3, 3)))
        .isEqualTo(ints(DType.U64, -1, 3));
  }

  @Test
  void logicAndAtan2() {
    assertThat(binary(BinaryKind.AND, pred(1, 1, 0), pred(1, 0, 0))).isEqualTo(pred(1, 0, 0));
    assertThat(binary(BinaryKind.OR, s32(5), s32(2))).isEqualTo(s32(7));
    assertThat(binary(BinaryKind.XOR, s32(-1), s32(5))).isEqualTo(s32(-6));
    assertThat(binary(BinaryKind.ATAN2, f32(-1), f32(-1))).isEqualTo(f32(-3 * Math.PI / 4));
  }

  @Test
  void comparisons() {
    Literal x = f32(1, 2, NAN, -0.0);
    Literal y = f32(2, 2, NAN, 0.0);
    assertThat(apply(new Op.Compare(Direction.EQ), x, y)).isEqualTo(pred(0, 1, 0, 1));
    assertThat(apply(new Op.Compare(Direction.NE), x, y)).isEqualTo(pred(1, 0, 1, 0));
    assertThat(apply(new Op.Compare(Direction.LT), x, y)).isEqualTo(pred(1, 0, 0, 0));
    assertThat(apply(new Op.Compare(Direction.LE), x, y)).isEqualTo(pred(1, 1, 0, 1));
    assertThat(apply(new Op.Compare(Direction.GT), x, y)).isEqualTo(pred(0, 0, 0, 0));
    assertThat(apply(new Op.Compare(Direction.GE), x, y)).isEqualTo(pred(0, 1, 0, 1));
    assertThat(apply(new Op.Compare(Direction.GT), ints(DType.U64, -1), ints(DType.U64, 1)))
        .isEqualTo(pred(1));
    assertThat(apply(new Op.Compare(Direction.GT), ints(DType.S64, -1), ints(DType.S64, 1)))
        .isEqualTo(pred(0));
  }

  @Test
  void selectAndClamp() {
    assertThat(apply(new Op.Select(), pred(1, 0), s32(1, 2), s32(3, 4))).isEqualTo(s32(1, 4));
    assertThat(apply(new Op.Clamp(), scalar(0), f32(-1, 0.5, 7, NAN), scalar(1)))
        .isEqualTo(f32(0, 0.5, 1, NAN));
    assertThat(apply(new Op.Clamp(), s32(1, 1), s32(0, 9), s32(3, 4))).isEqualTo(s32(1, 4));
  }

  @Test
  void conversions() {
    Literal x = f32(-1.9, 2.9, NAN, INF, -INF, 3e9);
    assertThat(apply(new Op.Convert(DType.S32), x))
        .isEqualTo(s32(-1, 2, 0, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE));
    assertThat(apply(new Op.Convert(DType.U8), x)).isEqualTo(ints(DType.U8, 0, 2, 0, 255, 0, 255));
    assertThat(apply(new Op.Convert(DType.U64), f32(1.5, -1, INF, 0x1p63)))
        .isEqualTo(ints(DType.U64, 1, 0, -1, Long.MIN_VALUE));
    assertThat(apply(new Op.Convert(DType.PRED), f32(0, -0.0, 0.1, NAN)))
        .isEqualTo(pred(0, 0, 1, 1));
    assertThat(apply(new Op.Convert(DType.S8), s32(300, -129))).isEqualTo(ints(DType.S8, 44, 127));
    assertThat(apply(new Op.Convert(DType.U32), s32(-1))).isEqualTo(ints(DType.U32, 0xffffffffL));
    assertThat(apply(new Op.Convert(DType.F32), ints(DType.U64, -1, 3))).isEqualTo(f32(0x1p64, 3));
    assertThat(apply(new Op.Convert(DType.F32), ints(DType.S64, 0x1000001000000001L)))
        .isEqualTo(f32((float) 0x1000001000000001L));
    assertThat(apply(new Op.Convert(DType.BF16), f32(1.00390625, 1.01171875)))
        .isEqualTo(vector(DType.BF16, 1, 1.015625)); // ties to even, down and up
  }

  @Test
  void bitcasts() {
    assertThat(apply(new Op.BitcastConvert(DType.S32), f32(1, -0.0)))
        .isEqualTo(s32(0x3f800000, Integer.MIN_VALUE));
    assertThat(apply(new Op.BitcastConvert(DType.F32), ints(DType.U32, 0x40490fdbL)))
        .isEqualTo(f32((float) Math.PI));
    assertThat(apply(new Op.BitcastConvert(DType.U16), vector(DType.BF16, 1)))
        .isEqualTo(ints(DType.U16, 0x3f80));
    assertThat(apply(new Op.BitcastConvert(DType.F16), ints(DType.S16, 0x3c00)))
        .isEqualTo(vector(DType.F16, 1));
    assertThat(apply(new Op.BitcastConvert(DType.S64), vector(DType.F64, 1)))
        .isEqualTo(ints(DType.S64, 0x3ff0000000000000L));
  }

  @Test
  void emptyArrays() {
    Literal empty = Literal.ofReals(Shape.of(DType.F32, 0, 3));
    assertThat(unary(UnaryKind.EXP, empty)).isEqualTo(empty);
  }
}
