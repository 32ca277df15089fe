package io.gshard.processor.engine;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloParser;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ops that have no kernels, but are written in others, give what the reference evaluator does. */
final class LoweredOpsTest {
  private final Random random = new Random(5);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "u64[3], u32[]",
        "u64[2], u32[7]",
        "u64[2], u16[3,5]",
        "u64[3], f32[3,5]",
        "u64[3], s64[5]",
        "u64[2], f64[3,4]"
      })
  void randomBitsAreEqual(String types) {
    String state = types.substring(0, types.indexOf(','));
    for (String algorithm : List.of("rng_three_fry", "rng_philox", "rng_default")) {
      HloModule module =
          HloParser.parse(
              """
              ENTRY main {
                s = %s parameter(0)
                c = %s constant({5, -1%s})
                a = (%s) rng-bit-generator(s), algorithm=%s
                b = (%s) rng-bit-generator(c), algorithm=%s
                ROOT r = ((%s), (%s)) tuple(a, b)
              }
              """
                  .replace("-1", "18446744073709551615")
                  .formatted(
                      state,
                      state,
                      state.equals("u64[3]") ? ", 18446744073709551615" : "",
                      types,
                      algorithm,
                      types,
                      algorithm,
                      types,
                      types));
      List<Literal> in = List.of(values(module.entry().parameters().getFirst().shape()));
      assertThat(new KernelsEngine().load(module).run(List.of(in)))
          .containsExactly(Evaluator.run(module, in));
    }
  }

  /** Also in a loop, where each turn draws others. */
  @ParameterizedTest
  @ValueSource(strings = {"f32", "f64", "f16", "bf16", "s8", "u16", "s32", "u64"})
  void randomNumbersAreEqual(String type) {
    String distribution = type.contains("f") ? "rng_normal" : "rng_uniform";
    HloModule module =
        HloParser.parse(
            """
            more {
              s = (s32[], %1$s[7]) parameter(0)
              n = s32[] get-tuple-element(s), index=0
              one = s32[] constant(1)
              m = s32[] add(n, one)
              x = %1$s[7] get-tuple-element(s), index=1
              low = %1$s[] constant(3)
              high = %1$s[] constant(99)
              y = %1$s[7] rng(low, high), distribution=rng_uniform
              z = %1$s[7] add(x, y)
              ROOT r = (s32[], %1$s[7]) tuple(m, z)
            }
            again {
              s = (s32[], %1$s[7]) parameter(0)
              n = s32[] get-tuple-element(s), index=0
              three = s32[] constant(3)
              ROOT r = pred[] compare(n, three), direction=LT
            }
            ENTRY main {
              mean = %1$s[] constant(1)
              deviation = %1$s[] constant(5)
              zero = s32[] constant(0)
              x = %1$s[7] rng(mean, deviation), distribution=%2$s
              t = (s32[], %1$s[7]) tuple(zero, x)
              l = (s32[], %1$s[7]) while(t), condition=again, body=more
              e = %1$s[3,0] rng(mean, deviation), distribution=rng_uniform
              no = pred[] constant(false)
              yes = pred[] constant(true)
              p = pred[9] rng(no, yes), distribution=rng_uniform
              ROOT r = (%1$s[7], (s32[], %1$s[7]), %1$s[3,0], pred[9]) tuple(x, l, e, p)
            }
            """
                .formatted(type, distribution));
    assertThat(new KernelsEngine().load(module).run(List.of(List.of())))
        .containsExactly(Evaluator.run(module, List.of()));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "7", "12", "17", "30", "67", "96"})
  void transformsOfAnyLength(long n) {
    same(
        """
        ENTRY main {
          x = c64[3,%1$d] parameter(0)
          y = c128[2,3,%1$d] parameter(1)
          z = f32[2,3,%1$d] parameter(2)
          h = c128[2,3,%2$d] parameter(3)
          a = c64[3,%1$d] fft(x), fft_type=FFT, fft_length={%1$d}
          b = c128[2,3,%1$d] fft(y), fft_type=IFFT, fft_length={3,%1$d}
          c = c64[2,3,%2$d] fft(z), fft_type=RFFT, fft_length={2,3,%1$d}
          d = f64[2,3,%1$d] fft(h), fft_type=IRFFT, fft_length={3,%1$d}
          ROOT r = (c64[3,%1$d], c128[2,3,%1$d], c64[2,3,%2$d], f64[2,3,%1$d]) tuple(a, b, c, d)
        }
        """
            .formatted(n, n / 2 + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f64", "c64", "c128"})
  void triangles(String type) {
    for (boolean lower : new boolean[] {true, false}) {
      // A matrix times its transpose is positive definite; the other triangle holds what it likes.
      same(
          """
          ENTRY main {
            x = %1$s[2,5,5] parameter(0)
            d = %1$s[2,5,5] dot(x, x), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={2}
            %2$s
            i = s32[2,5,5] iota(), iota_dimension=1
            j = s32[2,5,5] iota(), iota_dimension=2
            p = pred[2,5,5] compare(i, j), direction=%3$s
            q = %1$s[2,5,5] select(p, s, x)
            n = %1$s[2,5,5] negate(s)
            a = %1$s[2,5,5] cholesky(q), lower=%4$s
            b = %1$s[2,5,5] cholesky(n), lower=%4$s
            ROOT r = (%1$s[2,5,5], %1$s[2,5,5]) tuple(a, b)
          }
          """
              .formatted(type, hermitian(type), lower ? "GE" : "LE", lower));
      for (boolean left : new boolean[] {true, false}) {
        for (boolean unit : new boolean[] {true, false}) {
          for (String transpose : List.of("NO_TRANSPOSE", "TRANSPOSE", "ADJOINT")) {
            same(
                """
                ENTRY main {
                  x = %1$s[2,3,3] parameter(0)
                  b = %1$s[2,%2$s] parameter(1)
                  i = s32[2,3,3] iota(), iota_dimension=1
                  j = s32[2,3,3] iota(), iota_dimension=2
                  p = pred[2,3,3] compare(i, j), direction=EQ
                  five = %1$s[] constant(%3$s)
                  f = %1$s[2,3,3] broadcast(five), dimensions={}
                  y = %1$s[2,3,3] add(x, f)
                  a = %1$s[2,3,3] select(p, y, x)
                  ROOT r = %1$s[2,%2$s] triangular-solve(a, b), left_side=%4$s, lower=%5$s, unit_diagonal=%6$s, transpose_a=%7$s
                }
                """
                    .formatted(
                        type,
                        left ? "3,4" : "4,3",
                        type.startsWith("c") ? "(5, 0)" : "5",
                        left,
                        lower,
                        unit,
                        transpose));
          }
        }
      }
    }
  }

  /** From a product of a matrix and its transpose; of complex numbers the real parts alone. */
  private static String hermitian(String type) {
    String part = type.equals("c64") ? "f32" : "f64";
    return type.startsWith("c")
        ? """
        re = %2$s[2,5,5] real(x)
            im = %2$s[2,5,5] imag(x)
            mi = %2$s[2,5,5] negate(im)
            co = %1$s[2,5,5] complex(re, mi)
            s = %1$s[2,5,5] dot(x, co), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={2}"""
            .formatted(type, part)
        : "s = %s[2,5,5] copy(d)".formatted(type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s32", "f64", "u8", "c64"})
  void scattersByAnyComputation(String type) {
    same(
        """
        own {
          a = %1$s[] parameter(0)
          b = %1$s[] parameter(1)
          s = %1$s[] subtract(a, b)
          ROOT r = %1$s[] add(s, a)
        }
        pair {
          a = %1$s[] parameter(0)
          n = s32[] parameter(1)
          b = %1$s[] parameter(2)
          m = s32[] parameter(3)
          s = %1$s[] subtract(b, a)
          d = s32[] subtract(m, n)
          ROOT r = (%1$s[], s32[]) tuple(s, d)
        }
        ENTRY main {
          x = %1$s[5,7] parameter(0)
          n = s32[5,7] parameter(1)
          u = %1$s[4,3] parameter(2)
          v = s32[4,3] parameter(3)
          i = s32[4,1] constant({{0}, {2}, {-1}, {2}})
          k = s64[2,3] constant({{1, 4, 2}, {6, 0, 5}})
          w = %1$s[3,2,2] parameter(4)
          l = u32[5] constant({1, 3, 7, 0, 2})
          e = %1$s[5] parameter(5)
          zero = %1$s[] parameter(6)
          none = %1$s[0,5] parameter(7)
          g = s32[0,1] constant({})
          a = %1$s[5,7] scatter(x, i, u), update_window_dims={1}, inserted_window_dims={1}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=own
          b = (%1$s[5,7], s32[5,7]) scatter(x, n, i, u, v), update_window_dims={1}, inserted_window_dims={1}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=pair
          c = %1$s[5,7] scatter(x, k, w), update_window_dims={1,2}, inserted_window_dims={}, scatter_dims_to_operand_dims={1,0}, index_vector_dim=0, to_apply=own
          d = %1$s[5,7] scatter(x, l, e), update_window_dims={}, inserted_window_dims={1}, scatter_dims_to_operand_dims={1}, input_batching_dims={0}, scatter_indices_batching_dims={0}, index_vector_dim=1, to_apply=own
          f = %1$s[5,7] scatter(x, g, none), update_window_dims={1}, inserted_window_dims={1}, scatter_dims_to_operand_dims={1}, index_vector_dim=1, to_apply=own
          h = %1$s[5,7] scatter(x, i, u), update_window_dims={1}, inserted_window_dims={1}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=product
          ROOT r = (%1$s[5,7], (%1$s[5,7], s32[5,7]), %1$s[5,7], %1$s[5,7], %1$s[5,7], %1$s[5,7]) tuple(a, b, c, d, f, h)
        }
        product {
          a = %1$s[] parameter(0)
          b = %1$s[] parameter(1)
          ROOT r = %1$s[] multiply(a, b)
        }
        """
            .formatted(type));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s32", "f32"})
  void selectsAndScattersByAnyComputation(String type) {
    same(
        """
        nearer {
          a = %1$s[] parameter(0)
          b = %1$s[] parameter(1)
          ROOT r = pred[] compare(a, b), direction=LE
        }
        own {
          a = %1$s[] parameter(0)
          b = %1$s[] parameter(1)
          s = %1$s[] subtract(b, a)
          ROOT r = %1$s[] add(s, b)
        }
        ENTRY main {
          x = %1$s[7,5] parameter(0)
          u = %1$s[3,5] parameter(1)
          z = %1$s[] parameter(2)
          ROOT r = %1$s[7,5] select-and-scatter(x, u, z), window={size=3x2 stride=2x1 pad=0_0x1_0}, select=nearer, scatter=own
        }
        """
            .formatted(type));
  }

  private void same(String text) {
    HloModule module = HloParser.parse(text);
    List<Literal> in =
        module.entry().parameters().stream().map(Instruction::shape).map(this::values).toList();
    List<Literal> expected = Evaluator.run(module, in);
    List<Literal> found = new KernelsEngine().load(module).run(List.of(in)).getFirst();
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < found.size(); i++) {
      same(text, found.get(i), expected.get(i));
    }
  }

  private static void same(String text, Literal found, Literal expected) {
    Shape shape = expected.shape();
    assertThat(found.shape()).isEqualTo(shape);
    if (!shape.type().isFloating() && !shape.type().isComplex()) {
      assertWithMessage(text).that(found).isEqualTo(expected);
      return;
    }
    double tolerance = shape.type().part().bits() == 64 ? 1e-9 : 1e-3;
    for (long i = 0; i < shape.elements(); i++) {
      double close = tolerance * (1 + Math.hypot(expected.real(i), expected.imaginary(i)));
      same(text, found.real(i), expected.real(i), close);
      same(text, found.imaginary(i), expected.imaginary(i), close);
    }
  }

  private static void same(String text, double found, double expected, double tolerance) {
    boolean same =
        Double.compare(found, expected) == 0
            || found == expected
            || Math.abs(found - expected) <= tolerance;
    assertWithMessage("%s for %s in %s", found, expected, text).that(same).isTrue();
  }

  private Literal values(Shape shape) {
    int n = Math.toIntExact(shape.elements());
    if (shape.type().isComplex()) {
      return Literal.ofComplex(
          shape, random.doubles(n, -2, 2).toArray(), random.doubles(n, -2, 2).toArray());
    }
    return shape.type().isFloating()
        ? Literal.ofReals(shape, random.doubles(n, -2, 2).toArray())
        : Literal.ofIntegers(shape, random.longs(n).toArray());
  }
}
