package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ops that only HLO text brings, against values worked out by hand, by numpy or by XLA. */
class ArrayOpsTest {
  private static final ArrayOp.ConvolutionDims ONE_DIM =
      new ArrayOp.ConvolutionDims(0, 1, List.of(2), 1, 0, List.of(2), 0, 1, List.of(2));

  private static List<Literal> run(HloOp op, Type type, Literal... operands) {
    List<Instruction> parameters = new ArrayList<>();
    for (int i = 0; i < operands.length; i++) {
      Type own = new Type.Array(operands[i].shape());
      parameters.add(Instruction.of("p" + i, new HloOp.Parameter(i), own, List.of(), Source.NONE));
    }
    List<Instruction> all = new ArrayList<>(parameters);
    Instruction root = Instruction.of("r", op, type, parameters, Source.NONE);
    all.add(root);
    Computation entry = new Computation("e", all, root);
    return Evaluator.run(new HloModule("m", MeshShape.SINGLE, entry), Arrays.asList(operands));
  }

  private static Literal run(HloOp op, Shape shape, Literal... operands) {
    return run(op, new Type.Array(shape), operands).getFirst();
  }

  /** A computation of scalars: the last op of the two (or more) parameters. */
  private static Computation scalars(Op op, DType result, DType... parameters) {
    List<Instruction> all = new ArrayList<>();
    for (int i = 0; i < parameters.length; i++) {
      Type own = new Type.Array(Shape.scalar(parameters[i]));
      all.add(Instruction.of("p" + i, new HloOp.Parameter(i), own, List.of(), Source.NONE));
    }
    Instruction root =
        Instruction.of(
            "r", op, new Type.Array(Shape.scalar(result)), List.copyOf(all), Source.NONE);
    all.add(root);
    return new Computation("c", all, root);
  }

  private static Computation fold(Op.BinaryKind kind, DType type) {
    return scalars(new Op.Binary(kind), type, type, type);
  }

  private static Window window(Window.Dim... dims) {
    return new Window(List.of(dims));
  }

  private static Literal convolve(Window.Dim dim, Literal x, Literal kernel, long... result) {
    return run(
        new ArrayOp.Convolution(window(dim), ONE_DIM, 1, 1, null),
        Shape.of(DType.F32, result),
        Literals.shaped(x, 1, 1, x.shape().elements()),
        Literals.shaped(kernel, 1, 1, kernel.shape().elements()));
  }

  @Test
  void convolutionSlidesItsWindow() {
    Literal x = Literals.f32(1, 2, 3, 4);
    Literal k = Literals.f32(1, 10);
    assertThat(convolve(new Window.Dim(2, 1, 0, 0, 1, 1, false), x, k, 1, 1, 3).toFloats())
        .usingExactEquality()
        .containsExactly(21, 32, 43)
        .inOrder();
    assertThat(convolve(new Window.Dim(2, 1, 0, 0, 1, 1, true), x, k, 1, 1, 3).toFloats())
        .usingExactEquality()
        .containsExactly(12, 23, 34)
        .inOrder();
    // Padding low 1, high 2, stride 2: windows at -1, 1, 3.
    assertThat(convolve(new Window.Dim(2, 2, 1, 2, 1, 1, false), x, k, 1, 1, 3).toFloats())
        .usingExactEquality()
        .containsExactly(10, 32, 4)
        .inOrder();
    // Dilated to 1 0 2 0 3 0 4.
    assertThat(convolve(new Window.Dim(2, 1, 0, 0, 2, 1, false), x, k, 1, 1, 6).toFloats())
        .usingExactEquality()
        .containsExactly(1, 20, 2, 30, 3, 40)
        .inOrder();
    // The kernel with a hole: x[i] + 10 x[i+2]; cropped by one on the left.
    assertThat(convolve(new Window.Dim(2, 1, -1, 1, 1, 2, false), x, k, 1, 1, 2).toFloats())
        .usingExactEquality()
        .containsExactly(42, 3)
        .inOrder();
  }

  @Test
  void convolutionByGroups() {
    Literal x = Literals.shaped(Literals.f32(1, 2, 3, 4), 1, 4, 1);
    Literal k = Literals.shaped(Literals.f32(1, 10, 100, 1000), 2, 2, 1);
    Window.Dim point = Window.Dim.TRIVIAL;
    Literal features =
        run(
            new ArrayOp.Convolution(window(point), ONE_DIM, 2, 1, null),
            Shape.of(DType.F32, 1, 2, 1),
            x,
            k);
    // Output feature 0 sees features 1, 2, output feature 1 sees 3, 4.
    assertThat(features.toFloats()).usingExactEquality().containsExactly(21, 4300).inOrder();
    Literal batches =
        run(
            new ArrayOp.Convolution(window(point), ONE_DIM, 1, 2, null),
            Shape.of(DType.F32, 1, 2, 1),
            Literals.shaped(x, 2, 2, 1),
            k);
    // Output feature 0 sees batch 0, output feature 1 batch 1.
    assertThat(batches.toFloats()).usingExactEquality().containsExactly(21, 4300).inOrder();
  }

  @Test
  void aMillionMultiplicationsAreQuick() {
    Literal x = Literals.counting(DType.F32, 1, 32, 64);
    Literal k = Literals.counting(DType.F32, 16, 32, 31);
    Window.Dim same = new Window.Dim(31, 1, 15, 15, 1, 1, false);
    long start = System.nanoTime();
    run(
        new ArrayOp.Convolution(window(same), ONE_DIM, 1, 1, null),
        Shape.of(DType.F32, 1, 16, 64),
        x,
        k);
    // Half a second on an idle machine; here it need only not be hopeless.
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(5.0);
  }

  @Test
  void reduceWindowLeavesPaddingOut() {
    ArrayOp.ReduceWindow op =
        new ArrayOp.ReduceWindow(
            fold(Op.BinaryKind.MAXIMUM, DType.S32),
            window(new Window.Dim(2, 2, 1, 0, 2, 2, false)));
    // 5 . 1 . 7 . 2 after one of padding; the window covers i and i + 2.
    Literal result =
        run(op, Shape.of(DType.S32, 3), Literals.s32(5, 1, 7, 2), Literals.index(-100));
    assertThat(result.toInts()).isEqualTo(new int[] {-100, -100, -100});
    ArrayOp.ReduceWindow sum =
        new ArrayOp.ReduceWindow(
            fold(Op.BinaryKind.ADD, DType.F32), window(new Window.Dim(3, 1, 2, -1, 1, 1, false)));
    assertThat(
            run(sum, Shape.of(DType.F32, 3), Literals.f32(1, 2, 4, 8), Literals.scalar(0))
                .toFloats())
        .usingExactEquality()
        .containsExactly(1, 3, 7)
        .inOrder();
  }

  @Test
  void selectAndScatterGoesToThePreferred() {
    ArrayOp.SelectAndScatter op =
        new ArrayOp.SelectAndScatter(
            scalars(new Op.Compare(Op.Direction.GE), DType.PRED, DType.F32, DType.F32),
            fold(Op.BinaryKind.ADD, DType.F32),
            window(new Window.Dim(2, 1, 0, 0, 1, 1, false)));
    Literal result =
        run(
            op,
            Shape.of(DType.F32, 4),
            Literals.f32(1, 5, 5, 2),
            Literals.f32(10, 20, 30),
            Literals.scalar(0.5));
    // Of two fives the first, then the second alone.
    assertThat(result.toFloats()).usingExactEquality().containsExactly(0.5f, 30.5f, 30.5f, 0.5f);
  }

  @Test
  void mapAndScatterApplyTheirComputations() {
    Computation minus = fold(Op.BinaryKind.SUBTRACT, DType.S32);
    assertThat(
            run(
                    new ArrayOp.Map(minus),
                    Shape.of(DType.S32, 3),
                    Literals.s32(5, 6, 7),
                    Literals.s32(1, 2, 9))
                .toInts())
        .isEqualTo(new int[] {4, 4, -2});
    Op.Scatter dims =
        new Op.Scatter(null, List.of(), List.of(0), List.of(), List.of(), List.of(0), 1);
    Literal scattered =
        run(
            new ArrayOp.ScatterRegion(minus, dims),
            Shape.of(DType.S32, 3),
            Literals.s32(10, 20, 30),
            Literals.shaped(Literals.s32(2, 0, 2, 3), 4, 1),
            Literals.s32(1, 2, 3, 4));
    assertThat(scattered.toInts()).isEqualTo(new int[] {8, 20, 26});
  }

  @Test
  void topKTakesTheFirstOfEquals() {
    Shape two = Shape.of(DType.F32, 2);
    Type type = Type.tuple(List.of(two, two.withType(DType.S32)));
    Literal x = Literals.f32(3, Double.NaN, 7, 7, -1);
    List<Literal> largest = run(new ArrayOp.TopK(2, true), type, x);
    assertThat(largest.get(1).toInts()).isEqualTo(new int[] {1, 2});
    List<Literal> smallest = run(new ArrayOp.TopK(2, false), type, x);
    assertThat(smallest.get(0).toFloats()).usingExactEquality().containsExactly(-1, 3).inOrder();
    assertThat(smallest.get(1).toInts()).isEqualTo(new int[] {4, 0});
  }

  @Test
  void fourier() {
    Literal x = Literals.f32(1, 2, -1, 3, 0.5, 4);
    Shape half = Shape.of(DType.C64, 4);
    Literal spectrum = run(new ArrayOp.Fft(ArrayOp.FftKind.RFFT, List.of(6L)), half, x);
    // numpy.fft.rfft
    double[] reals = {9.5, 1.25, 1.25, -8.5};
    double[] imaginaries = {0, 3.03108891, 0.4330127, 0};
    for (int i = 0; i < 4; i++) {
      assertThat(spectrum.real(i)).isWithin(1e-6).of(reals[i]);
      assertThat(spectrum.imaginary(i)).isWithin(1e-6).of(imaginaries[i]);
    }
    Literal back = run(new ArrayOp.Fft(ArrayOp.FftKind.IRFFT, List.of(6L)), x.shape(), spectrum);
    for (int i = 0; i < 6; i++) {
      assertThat(back.real(i)).isWithin(1e-6).of(x.real(i));
    }
    Literal z =
        Literal.ofComplex(Shape.of(DType.C128, 3), new double[] {1, 0, 3}, new double[] {0, 2, 0});
    Literal full = run(new ArrayOp.Fft(ArrayOp.FftKind.FFT, List.of(3L)), z.shape(), z);
    assertThat(full.real(1)).isWithin(1e-8).of(1.23205081);
    assertThat(full.imaginary(2)).isWithin(1e-8).of(-3.59807621);
    Literal inverse = run(new ArrayOp.Fft(ArrayOp.FftKind.IFFT, List.of(3L)), z.shape(), full);
    assertThat(inverse.imaginary(1)).isWithin(1e-12).of(2);
  }

  @Test
  void choleskyAndTriangularSolve() {
    Shape square = Shape.of(DType.F32, 2, 2);
    // The triangle that is not read holds nonsense.
    Literal lower =
        run(new ArrayOp.Cholesky(true), square, Literals.shaped(Literals.f32(4, 99, 2, 5), 2, 2));
    assertThat(lower.toFloats()).usingExactEquality().containsExactly(2, 0, 1, 2).inOrder();
    Literal upper =
        run(new ArrayOp.Cholesky(false), square, Literals.shaped(Literals.f32(4, 2, 99, 5), 2, 2));
    assertThat(upper.toFloats()).usingExactEquality().containsExactly(2, 1, 0, 2).inOrder();
    for (ArrayOp.Transposition transposition : ArrayOp.Transposition.values()) {
      for (boolean left : new boolean[] {true, false}) {
        boolean transposed = transposition != ArrayOp.Transposition.NO_TRANSPOSE;
        Literal x =
            run(
                new ArrayOp.TriangularSolve(left, true, false, transposition),
                square,
                Literals.shaped(Literals.f32(2, 99, 1, 4), 2, 2),
                Literals.shaped(Literals.f32(8, 12, 20, 28), 2, 2));
        double[] a = transposed ? new double[] {2, 1, 0, 4} : new double[] {2, 0, 1, 4};
        double[] product = left ? multiply(a, x) : multiply(x, a);
        assertThat(product).usingTolerance(1e-5).containsExactly(8, 12, 20, 28).inOrder();
      }
    }
  }

  private static double[] multiply(double[] a, Literal x) {
    return multiply(Literals.f32(a), x);
  }

  private static double[] multiply(Literal a, double[] x) {
    return multiply(a, Literals.f32(x));
  }

  private static double[] multiply(Literal a, Literal x) {
    double[] result = new double[4];
    for (int i = 0; i < 8; i++) {
      result[i / 4 * 2 + i % 2] += a.real(i / 4 * 2 + i / 2 % 2) * x.real(i / 2 % 2 * 2 + i % 2);
    }
    return result;
  }

  @Test
  void reducePrecision() {
    ArrayOp.ReducePrecision bf16 = new ArrayOp.ReducePrecision(8, 7);
    ArrayOp.ReducePrecision narrow = new ArrayOp.ReducePrecision(5, 10);
    Shape one = Shape.of(DType.F32, 5);
    Literal x = Literals.f32(1.00390625, 1.01171875, -3, 70000, 1e-8);
    assertThat(run(bf16, one, x).toFloats())
        .usingExactEquality()
        .containsExactly(1.0f, 1.015625f, -3f, 70144f, (float) Literal.round(DType.BF16, 1e-8));
    assertThat(run(narrow, one, x).toFloats())
        .usingExactEquality()
        .containsExactly(1.00390625f, 1.01171875f, -3f, Float.POSITIVE_INFINITY, 0f);
  }

  @Test
  void complexNumbers() {
    Shape two = Shape.of(DType.C64, 2);
    Literal z = run(new ArrayOp.Complex(), two, Literals.f32(3, 0), Literals.f32(4, 1));
    assertThat(run(new ArrayOp.Imag(), Shape.of(DType.F32, 2), z).toFloats())
        .usingExactEquality()
        .containsExactly(4, 1)
        .inOrder();
    Literal product = Literals.apply(new Op.Binary(Op.BinaryKind.MULTIPLY), z, z);
    assertThat(run(new ArrayOp.Real(), Shape.of(DType.F32, 2), product).toFloats())
        .usingExactEquality()
        .containsExactly(-7, -1)
        .inOrder();
    assertThat(Literals.apply(new Op.Unary(Op.UnaryKind.ABS), z).toFloats())
        .usingExactEquality()
        .containsExactly(5, 1)
        .inOrder();
    Literal quotient = Literals.apply(new Op.Binary(Op.BinaryKind.DIVIDE), product, z);
    assertThat(quotient).isEqualTo(z);
    Literal sum = Literals.apply(new Op.Reduce(Combiner.ADD, List.of(0)), z);
    assertThat(sum.real(0)).isEqualTo(3.0);
    assertThat(sum.imaginary(0)).isEqualTo(5.0);
    assertThat(Literals.apply(new Op.Unary(Op.UnaryKind.SQRT), product).imaginary(0))
        .isWithin(1e-6)
        .of(4);
    assertThat(z.text(0)).isEqualTo("(3.0, 4.0)");
  }

  @Test
  void randomNumbersKeepToTheirRange() {
    Shape shape = Shape.of(DType.F32, 1000);
    ArrayOp.Rng uniform = new ArrayOp.Rng(shape, ArrayOp.Distribution.RNG_UNIFORM);
    Literal drawn = run(uniform, shape, Literals.scalar(2), Literals.scalar(4));
    assertThat(drawn).isEqualTo(run(uniform, shape, Literals.scalar(2), Literals.scalar(4)));
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
      assertThat(drawn.real(i)).isAtLeast(2.0);
      assertThat(drawn.real(i)).isLessThan(4.0);
      sum += drawn.real(i);
    }
    assertThat(sum / 1000).isWithin(0.1).of(3);
    ArrayOp.Rng normal = new ArrayOp.Rng(shape, ArrayOp.Distribution.RNG_NORMAL);
    Literal bell = run(normal, shape, Literals.scalar(5), Literals.scalar(2));
    double squares = 0;
    for (int i = 0; i < 1000; i++) {
      squares += (bell.real(i) - 5) * (bell.real(i) - 5);
    }
    assertThat(squares / 1000).isWithin(0.6).of(4);
  }

  private static List<Literal> bits(String algorithm, DType type) {
    Shape state = Shape.of(DType.U64, 2);
    Shape shape = Shape.of(type, 3, 3);
    Type both = Type.tuple(List.of(state, shape));
    return run(
        new ArrayOp.RngBitGenerator(algorithm, both),
        both,
        Literal.ofIntegers(state, 0x123456789abcdef0L, -2));
  }

  @Test
  void randomBitsAreXlas() {
    assertThat(bits("rng_three_fry", DType.U8))
        .containsExactly(
            Literals.ints(DType.U64, 0x123456789abcdef0L, 4),
            Literals.shaped(
                Literals.ints(DType.U8, 122, 167, 61, 44, 202, 249, 252, 134, 104), 3, 3));
    assertThat(bits("rng_three_fry", DType.U64).get(1).text(1)).isEqualTo("2445923859953712039");
    assertThat(bits("rng_three_fry", DType.U32).get(1).text(8)).isEqualTo("1430061416");
    assertThat(bits("rng_philox", DType.U32).get(1).text(8)).isEqualTo("271420659");
    List<Literal> wide = bits("rng_philox", DType.U64);
    assertThat(wide.get(0)).isEqualTo(Literals.ints(DType.U64, 0x123456789abcdef0L, 3));
    assertThat(wide.get(1).text(7)).isEqualTo("5742233398050205411");
    assertThat(assertThrows(IllegalArgumentException.class, () -> bits("rng_dice", DType.U32)))
        .hasMessageThat()
        .isEqualTo("no random bits by rng_dice");
  }
}
