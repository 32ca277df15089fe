package io.gshard.nn;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.tensor.Ops.constant;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RandomTest {
  /** The known answers that Random123 is published with. */
  @Test
  void threefryKnownAnswers() {
    check(0, 0, 0, 0, 0x6b200159L, 0x99ba4efeL);
    check(0xffffffffL, 0xffffffffL, 0xffffffffL, 0xffffffffL, 0x1cb996fcL, 0xbb002be7L);
    check(0x13198a2eL, 0x03707344L, 0x243f6a88L, 0x85a308d3L, 0xc4923a9cL, 0x483df7a0L);
  }

  private static void check(long k0, long k1, long x0, long x1, long y0, long y1) {
    List<Literal> words = List.of(u32(k0), u32(k1), u32(x0), u32(x1));
    List<Literal> result =
        Run.all(words, a -> Random.threefry(a.get(0), a.get(1), a.get(2), a.get(3)));
    assertThat(result).containsExactly(u32(y0), u32(y1)).inOrder();
  }

  private static Literal u32(long value) {
    return Literal.ofIntegers(Shape.scalar(DType.U32), value);
  }

  @Test
  void uniformIsWithinItsBoundsAndEven() {
    for (DType type : new DType[] {DType.F32, DType.BF16, DType.F16, DType.F64}) {
      Literal drawn =
          Run.one(a -> Random.uniform(a.getFirst(), Shape.of(type, 40, 100), -1, 3), u32(5));
      double[] values = IntStream.range(0, 4000).mapToDouble(drawn::real).toArray();
      for (double value : values) {
        assertThat(value).isAtLeast(-1.0);
        assertThat(value).isAtMost(type == DType.BF16 || type == DType.F16 ? 3.0 : 2.9999999);
      }
      assertThat(IntStream.range(0, 4000).filter(i -> values[i] < 0).count() / 4000.0)
          .isWithin(0.03)
          .of(0.25);
    }
  }

  @Test
  void normalHasItsMoments() {
    Literal drawn = Run.one(a -> Random.normal(a.getFirst(), Shape.of(DType.F32, 5000)), u32(6));
    double[] values = IntStream.range(0, 5000).mapToDouble(drawn::real).toArray();
    double mean = Arrays.stream(values).average().getAsDouble();
    double square = Arrays.stream(values).map(v -> v * v).average().getAsDouble();
    assertThat(mean).isWithin(0.05).of(0);
    assertThat(square).isWithin(0.08).of(1);
    long beyond = Arrays.stream(values).filter(v -> Math.abs(v) > 2).count();
    assertThat(beyond / 5000.0).isWithin(0.012).of(0.0455);
  }

  @Test
  void keysAreIndependentAndReproducible() {
    Literal words =
        Run.one(
            a ->
                Ops.concat(
                    0,
                    bits(Random.fold(a.getFirst(), 0)),
                    bits(Random.fold(a.getFirst(), 1)),
                    bits(a.getFirst()),
                    bits(Random.fold(a.getFirst(), constant(DType.S32, 1)))),
            Literal.scalar(DType.S32, -3));
    long distinct = IntStream.range(0, 24).mapToLong(words::integer).distinct().count();
    assertThat(distinct).isEqualTo(24);
    for (int i = 0; i < 8; i++) {
      assertThat(words.integer(24 + i)).isEqualTo(words.integer(8 + i));
    }
  }

  private static Tensor bits(Tensor key) {
    return Random.bits(key, List.of(8L));
  }

  @Test
  void aNumberDependsOnItsPlaceInTheTensorAlone() {
    Literal flat = Run.one(a -> Random.bits(a.getFirst(), List.of(24L)), u32(1));
    Literal cube = Run.one(a -> Random.bits(a.getFirst(), List.of(2L, 3L, 4L)), u32(1));
    for (int i = 0; i < 24; i++) {
      assertThat(cube.integer(i)).isEqualTo(flat.integer(i));
    }
  }

  @Test
  void dropoutKeepsItsShareAndScales() {
    Literal ones = Run.one(a -> Ops.ones(Shape.of(DType.F32, 4000)));
    Literal dropped = Run.one(a -> Nn.dropout(a.get(0), 0.25, a.get(1)), ones, u32(9));
    int kept = 0;
    for (int i = 0; i < 4000; i++) {
      if (dropped.real(i) != 0) {
        kept++;
        assertThat(dropped.real(i)).isWithin(1e-6).of(1 / 0.75);
      }
    }
    assertThat(kept / 4000.0).isWithin(0.025).of(0.75);
    assertThat(Run.one(a -> Nn.dropout(a.get(0), 0, null), ones)).isEqualTo(ones);
    IllegalArgumentException all =
        assertThrows(
            IllegalArgumentException.class,
            () -> Run.one(a -> Nn.dropout(a.get(0), 1, a.get(1)), ones, u32(9)));
    assertThat(all).hasMessageThat().isEqualTo("dropout rate 1.0: expected 0 <= rate < 1");
  }

  @Test
  void wrongKeysAreRefused() {
    ShapeException wrong =
        assertThrows(
            ShapeException.class,
            () -> Run.one(a -> bits(a.getFirst()), Literal.scalar(DType.F32, 1)));
    assertThat(wrong)
        .hasMessageThat()
        .isEqualTo("a random key must be s32[] or u32[], found f32[]; make one with Random.key");
  }

  @Test
  void theProgramIsTheSameForAnySize() {
    int small = draw(8).size();
    assertThat(draw(1 << 20).size()).isEqualTo(small);
  }

  private static HloModule draw(long size) {
    return Tracer.trace(
        "draw",
        MeshShape.SINGLE,
        List.of(Shape.scalar(DType.U32)),
        a -> List.of(Random.normal(a.getFirst(), Shape.of(DType.F32, size, 2))));
  }
}
