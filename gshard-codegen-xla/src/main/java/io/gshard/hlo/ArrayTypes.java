package io.gshard.hlo;

import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/** The types of the ops that HLO text brings, {@link ArrayOp}. */
final class ArrayTypes {
  private ArrayTypes() {}

  /**
   * The type an instruction should have.
   *
   * @throws IllegalArgumentException if the operands or attributes do not fit
   */
  static Type infer(ArrayOp op, Instruction i, ShapeInference.AxisSizes mesh) {
    List<Shape> x = i.operands().stream().map(Verifier::array).toList();
    return switch (op) {
      case ArrayOp.Convolution c -> array(convolution(c, x));
      case ArrayOp.ReduceWindow r -> reduceWindow(r, x);
      case ArrayOp.SelectAndScatter s -> array(selectAndScatter(s, x));
      case ArrayOp.ScatterRegion s -> scatter(s, x);
      case ArrayOp.Map m -> map(m, x);
      case ArrayOp.TopK t -> topK(t, x);
      case ArrayOp.Fft f -> array(fft(f, x));
      case ArrayOp.Cholesky c -> {
        count(x, 1);
        square("cholesky", x.getFirst());
        yield array(x.getFirst());
      }
      case ArrayOp.TriangularSolve t -> array(triangularSolve(t, x));
      case ArrayOp.Rng r -> {
        count(x, 2);
        for (Shape bound : x) {
          require(
              bound.equals(Shape.scalar(r.shape().type())),
              "a bound %s of random %s".formatted(bound, r.shape()));
        }
        yield array(r.shape());
      }
      case ArrayOp.RngBitGenerator r -> {
        count(x, 1);
        require(
            r.type() instanceof Type.Tuple(List<Type> parts)
                && parts.size() == 2
                && parts.getFirst().equals(array(x.getFirst())),
            "the state is %s, the result %s".formatted(x.getFirst(), r.type()));
        yield r.type();
      }
      case ArrayOp.ReducePrecision r -> {
        count(x, 1);
        require(
            x.getFirst().type().isFloating() && r.exponentBits() >= 1 && r.mantissaBits() >= 0,
            "%d and %d bits of %s".formatted(r.exponentBits(), r.mantissaBits(), x.getFirst()));
        yield array(x.getFirst());
      }
      case ArrayOp.CompareTotal c -> {
        count(x, 2);
        require(
            x.get(0).equals(x.get(1)) && x.get(0).type().isFloating(),
            "compare in total order of %s and %s".formatted(x.get(0), x.get(1)));
        yield array(x.get(0).withType(DType.PRED));
      }
      case ArrayOp.Complex c -> {
        count(x, 2);
        require(x.get(0).equals(x.get(1)), "parts %s and %s".formatted(x.get(0), x.get(1)));
        yield array(x.get(0).withType(complex(x.get(0).type())));
      }
      case ArrayOp.Real r -> part(x);
      case ArrayOp.Imag r -> part(x);
      case ArrayOp.Merged m ->
          one(x.stream().map(s -> ShapeInference.infer(m.collective(), List.of(s), mesh)).toList());
    };
  }

  private static Type part(List<Shape> x) {
    count(x, 1);
    return array(
        x.getFirst()
            .withType(
                switch (x.getFirst().type()) {
                  case C64 -> DType.F32;
                  case C128 -> DType.F64;
                  case F32, F64 -> x.getFirst().type();
                  default -> throw new IllegalArgumentException("a part of " + x.getFirst());
                }));
  }

  private static DType complex(DType part) {
    return switch (part) {
      case F32 -> DType.C64;
      case F64 -> DType.C128;
      default -> throw new IllegalArgumentException("complex of " + part.hloName());
    };
  }

  private static Shape convolution(ArrayOp.Convolution c, List<Shape> x) {
    count(x, 2);
    Shape lhs = x.get(0);
    Shape rhs = x.get(1);
    ArrayOp.ConvolutionDims d = c.dims();
    int spatial = d.inputSpatial().size();
    require(
        lhs.type() == rhs.type()
            && d.kernelSpatial().size() == spatial
            && d.outputSpatial().size() == spatial
            && c.window().dims().size() == spatial,
        "convolution of %s and %s with a window of %d dims"
            .formatted(lhs, rhs, c.window().dims().size()));
    places("input", lhs, d.inputBatch(), d.inputFeature(), d.inputSpatial());
    places("kernel", rhs, d.kernelInputFeature(), d.kernelOutputFeature(), d.kernelSpatial());
    places("output", lhs, d.outputBatch(), d.outputFeature(), d.outputSpatial());
    long batch = lhs.dim(d.inputBatch());
    long features = lhs.dim(d.inputFeature());
    long outputs = rhs.dim(d.kernelOutputFeature());
    require(
        c.featureGroups() >= 1
            && c.batchGroups() >= 1
            && (c.featureGroups() == 1 || c.batchGroups() == 1)
            && batch % c.batchGroups() == 0
            && features == rhs.dim(d.kernelInputFeature()) * c.featureGroups()
            && outputs % c.featureGroups() == 0
            && outputs % c.batchGroups() == 0,
        "convolution of %s and %s with feature_group_count=%d and batch_group_count=%d"
            .formatted(lhs, rhs, c.featureGroups(), c.batchGroups()));
    List<Long> result = new ArrayList<>(Collections.nCopies(spatial + 2, 0L));
    result.set(d.outputBatch(), batch / c.batchGroups());
    result.set(d.outputFeature(), outputs);
    for (int s = 0; s < spatial; s++) {
      Window.Dim w = c.window().dims().get(s);
      require(
          w.size() == rhs.dim(d.kernelSpatial().get(s)),
          "a window of size %d over the kernel %s".formatted(w.size(), rhs));
      result.set(d.outputSpatial().get(s), w.places(lhs.dim(d.inputSpatial().get(s))));
    }
    Shape shape = lhs.withDims(result);
    return c.preferred() == null ? shape : shape.withType(c.preferred());
  }

  private static void places(String what, Shape x, int first, int second, List<Integer> spatial) {
    List<Integer> all = new ArrayList<>(spatial);
    all.add(first);
    all.add(second);
    require(
        all.size() == x.rank()
            && new HashSet<>(all).size() == all.size()
            && all.stream().allMatch(d -> d >= 0 && d < x.rank()),
        "the dims of the %s %s are named %s".formatted(what, x, all));
  }

  private static List<Long> windowed(Window window, Shape x) {
    require(
        window.dims().size() == x.rank(),
        "a window of %d dims over %s".formatted(window.dims().size(), x));
    List<Long> result = new ArrayList<>();
    for (int d = 0; d < x.rank(); d++) {
      require(!window.dims().get(d).reversed(), "a window that is reversed");
      result.add(window.dims().get(d).places(x.dim(d)));
    }
    return result;
  }

  private static Type reduceWindow(ArrayOp.ReduceWindow r, List<Shape> x) {
    List<Shape> arrays = arraysAndStarts(x);
    List<Type> scalars = scalars(arrays);
    List<Type> parameters = new ArrayList<>(scalars);
    parameters.addAll(scalars);
    StructuralTypes.takes("computation", r.computation(), parameters);
    StructuralTypes.gives("computation", r.computation(), StructuralTypes.one(scalars));
    return one(arrays.stream().map(a -> a.withDims(windowed(r.window(), a))).toList());
  }

  private static List<Shape> arraysAndStarts(List<Shape> x) {
    int n = x.size() / 2;
    require(n > 0 && x.size() % 2 == 0, x.size() + " operands, expected arrays and as many starts");
    for (int k = 0; k < n; k++) {
      require(
          x.get(n + k).equals(Shape.scalar(x.get(k).type()))
              && x.get(k).dims().equals(x.getFirst().dims()),
          "array %s with the start %s".formatted(x.get(k), x.get(n + k)));
    }
    return x.subList(0, n);
  }

  private static Shape selectAndScatter(ArrayOp.SelectAndScatter s, List<Shape> x) {
    count(x, 3);
    Type scalar = array(Shape.scalar(x.getFirst().type()));
    StructuralTypes.takes("select", s.select(), List.of(scalar, scalar));
    StructuralTypes.gives("select", s.select(), array(Shape.scalar(DType.PRED)));
    StructuralTypes.takes("scatter", s.scatter(), List.of(scalar, scalar));
    StructuralTypes.gives("scatter", s.scatter(), scalar);
    Shape source = x.getFirst().withDims(windowed(s.window(), x.getFirst()));
    require(
        x.get(1).equals(source) && array(x.get(2)).equals(scalar),
        "the windows of %s are %s, found the source %s and the start %s"
            .formatted(x.get(0), source, x.get(1), x.get(2)));
    return x.getFirst();
  }

  private static Type scatter(ArrayOp.ScatterRegion s, List<Shape> x) {
    int n = (x.size() - 1) / 2;
    require(n > 0 && x.size() == 2 * n + 1, x.size() + " operands of scatter");
    List<Shape> arrays = x.subList(0, n);
    List<Type> scalars = scalars(arrays);
    List<Type> parameters = new ArrayList<>(scalars);
    parameters.addAll(scalars);
    StructuralTypes.takes("computation", s.computation(), parameters);
    StructuralTypes.gives("computation", s.computation(), StructuralTypes.one(scalars));
    for (int k = 0; k < n; k++) {
      ShapeInference.infer(s.dims(), List.of(arrays.get(k), x.get(n), x.get(n + 1 + k)));
    }
    return one(arrays);
  }

  private static Type map(ArrayOp.Map m, List<Shape> x) {
    require(
        !x.isEmpty() && x.stream().allMatch(s -> s.dims().equals(x.getFirst().dims())),
        "map of %s".formatted(x));
    StructuralTypes.takes("computation", m.computation(), scalars(x));
    Shape result = StructuralTypes.arrayShape(m.computation().root().type());
    require(result.isScalar(), "the computation gives %s".formatted(result));
    return array(x.getFirst().withType(result.type()));
  }

  private static Type topK(ArrayOp.TopK t, List<Shape> x) {
    count(x, 1);
    Shape s = x.getFirst();
    require(
        s.rank() > 0 && t.k() >= 0 && t.k() <= s.dim(s.rank() - 1),
        "the first %d of %s".formatted(t.k(), s));
    Shape values = s.withDim(s.rank() - 1, t.k());
    return one(List.of(values, values.withType(DType.S32)));
  }

  private static Shape fft(ArrayOp.Fft f, List<Shape> x) {
    count(x, 1);
    Shape s = x.getFirst();
    int n = f.lengths().size();
    require(n >= 1 && n <= 3 && n <= s.rank(), "fft over %d dims of %s".formatted(n, s));
    List<Long> expected = new ArrayList<>(f.lengths());
    boolean halfIn = f.kind() == ArrayOp.FftKind.IRFFT;
    if (halfIn) {
      expected.set(n - 1, expected.get(n - 1) / 2 + 1);
    }
    boolean real = f.kind() == ArrayOp.FftKind.RFFT;
    require(
        s.dims().subList(s.rank() - n, s.rank()).equals(expected)
            && (real ? s.type() == DType.F32 || s.type() == DType.F64 : s.type().isComplex()),
        "%s of length %s over %s".formatted(f.kind(), f.lengths(), s));
    long last = f.lengths().get(n - 1);
    return switch (f.kind()) {
      case FFT, IFFT -> s;
      case RFFT -> s.withDim(s.rank() - 1, last / 2 + 1).withType(complex(s.type()));
      case IRFFT ->
          s.withDim(s.rank() - 1, last).withType(s.type() == DType.C64 ? DType.F32 : DType.F64);
    };
  }

  private static void square(String what, Shape s) {
    require(
        s.rank() >= 2
            && s.dim(s.rank() - 1) == s.dim(s.rank() - 2)
            && (s.type().isFloating() || s.type().isComplex()),
        "%s of %s, expected square matrices of real or complex numbers".formatted(what, s));
  }

  private static Shape triangularSolve(ArrayOp.TriangularSolve t, List<Shape> x) {
    count(x, 2);
    Shape a = x.get(0);
    Shape b = x.get(1);
    square("triangular-solve", a);
    require(
        b.rank() == a.rank()
            && a.type() == b.type()
            && a.dims().subList(0, a.rank() - 2).equals(b.dims().subList(0, a.rank() - 2))
            && b.dim(b.rank() - (t.leftSide() ? 2 : 1)) == a.dim(a.rank() - 1),
        "triangular-solve of %s and %s".formatted(a, b));
    return b;
  }

  private static List<Type> scalars(List<Shape> shapes) {
    return shapes.stream().map(s -> array(Shape.scalar(s.type()))).toList();
  }

  private static Type one(List<Shape> shapes) {
    return StructuralTypes.one(shapes.stream().map(ArrayTypes::array).toList());
  }

  private static Type array(Shape shape) {
    return new Type.Array(shape);
  }

  private static void count(List<Shape> operands, int expected) {
    require(
        operands.size() == expected,
        "found %d operands, expected %d".formatted(operands.size(), expected));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
