package io.gshard.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import io.gshard.eager.Eager;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the processor generates computes what the same class computes as plain Java. */
class RunTest {
  private static final String HEAD =
      """
      package example;
      import static io.gshard.tensor.Ops.*;
      import io.gshard.annotation.*;
      import io.gshard.annotation.Module;
      import io.gshard.nn.*;
      import io.gshard.tensor.*;
      import java.util.List;
      import java.util.function.UnaryOperator;

      """;

  private static Class<?> load(String source) {
    Compilation compilation =
        javac()
            .withProcessors(new GShardProcessor())
            .compile(JavaFileObjects.forSourceString("example.Net", HEAD + source));
    assertThat(compilation).succeeded();
    Map<String, byte[]> classes = new HashMap<>();
    for (JavaFileObject file : compilation.generatedFiles()) {
      if (file.getKind() == JavaFileObject.Kind.CLASS) {
        try (InputStream in = file.openInputStream()) {
          String path = file.toUri().getPath().replaceFirst("^/CLASS_OUTPUT/", "");
          classes.put(path.replace('/', '.').replaceFirst("\\.class$", ""), in.readAllBytes());
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }
    ClassLoader loader =
        new ClassLoader(RunTest.class.getClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
              throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    try {
      return loader.loadClass("example.Net");
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static Tensor random(long seed, long... dims) {
    Random random = new Random(seed);
    int count = 1;
    for (long dim : dims) {
      count *= (int) dim;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(values, dims);
  }

  private static void assertClose(String what, Tensor found, Tensor expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    float[] x = found.literal().toFloats();
    float[] y = expected.literal().toFloats();
    for (int i = 0; i < x.length; i++) {
      assertWithMessage("%s at %s of %s", what, i, x.length)
          .that((double) x[i])
          .isWithin(1e-4 * (1 + Math.abs(y[i])))
          .of(y[i]);
    }
  }

  private static Object call(Eager<?> eager, String program, Object... arguments)
      throws ReflectiveOperationException {
    for (Method method : eager.model().getClass().getDeclaredMethods()) {
      if (method.getName().equals(program)) {
        method.setAccessible(true);
        return method.invoke(eager.model(), arguments);
      }
    }
    throw new AssertionError(program);
  }

  @Test
  void plainJavaIsFolded() throws Exception {
    Class<?> net =
        load(
            """
            @Model
            @Config(name = "Tiny", sizes = "B=6 M=4 N=3", mesh = "data=2")
            public class Net {
              enum Kind { RELU, TANH }
              record Pair(Tensor first, Tensor second) {
                Tensor total() { return first.plus(second); }
                static Pair of(Tensor x) { return new Pair(x, x.times(2)); }
              }
              private static final double SCALE = 1.0 / 4;
              private static final Kind KIND = Kind.TANH;
              final int repeats = 2 * size("N") - 3;

              @Split(dim = 0) @Dims("M M") Tensor w;

              @Program @Dims("B M") Tensor forward(@Split(dim = 0) @Dims("B M") Tensor x) {
                Tensor y = x;
                for (int i = 0; i < repeats; i++) {
                  if (i % 2 == 1) {
                    continue;
                  }
                  y = activate(einsum("BM,MN->BN", y, w), KIND);
                }
                int n = 0;
                while (true) {
                  n += 3;
                  if (n > 10) {
                    break;
                  }
                }
                Tensor[] parts = new Tensor[size("N")];
                for (int i = 0; i < parts.length; i++) {
                  parts[i] = y.times(i + 1).plus(n >> 1);
                }
                for (Tensor part : parts) {
                  y = y.plus(part);
                }
                for (Tensor part : List.of(x, y)) {
                  y = y.plus(part);
                }
                long shift = (long) 'a' - 96L;
                int power = switch ("ab".substring(1)) {
                  case "a" -> 1;
                  case "b" -> { int k = 2; yield k * 2; }
                  default -> 0;
                };
                UnaryOperator<Tensor> half = t -> t.times(SCALE * 2);
                Pair pair = Pair.of(half.apply(y));
                @Replicate Tensor total = pair.total().plus(shift).times(power);
                return factorial(4) == 24 && !(n < 0) ? total : x;
              }

              private static int factorial(int n) {
                return n <= 1 ? 1 : n * factorial(n - 1);
              }

              private Tensor activate(Tensor x, Kind kind) {
                switch (kind) {
                  case RELU:
                    return relu(x);
                  case TANH:
                    return tanh(x);
                  default:
                    throw new IllegalArgumentException("unknown " + kind);
                }
              }
            }
            """);
    Tensor x = random(1, 6, 4);
    try (Mesh mesh = Mesh.local("data=2");
        Launcher launcher = Launcher.load(net, "Tiny", mesh);
        Eager<?> eager = Eager.of(net, "Tiny", 3)) {
      launcher.init(3);
      assertClose("w", launcher.parameter("w"), eager.parameter("w"));
      assertClose(
          "forward",
          launcher.run("forward", List.of(x)).getFirst(),
          (Tensor) call(eager, "forward", x));
    }
  }

  @Test
  void stacksTrainAsTheirLayersDo() throws Exception {
    Class<?> net =
        load(
            """
            @Model
            @Config(name = "Tiny", sizes = "B=6 M=4 H=5 P=3", mesh = "data=3")
            public class Net {
              record State(Tensor x, Tensor sum) {}
              record Step(Tensor loss, Tensor norm) {}

              @Stack("P") List<Layer> layers;
              @Init(Init.Kind.CONSTANT) @Dims("") Tensor calls;
              final Head head = new Head(0.5);

              @Program Step train(
                  @Split(dim = 0) @Dims("B M") Tensor x,
                  @Dims("B M") Tensor goal,
                  @Dims(value = "", type = DType.S32) Tensor step) {
                State state = new State(x, constant(DType.F32, 0));
                Tensor norm = constant(DType.F32, 0);
                for (Layer layer : layers) {
                  Tensor y = layer.apply(state.x());
                  state = new State(y.plus(state.x()), state.sum().plus(mean(y)));
                  norm = norm.plus(sum(square(layer.wi)));
                }
                Tensor loss = mean(square(head.apply(state.x()).minus(goal))).plus(state.sum());
                calls = calls.plus(1);
                minimize(loss, new Adafactor(new Schedule.Constant(0.1), 4, 1.0, true), step);
                return new Step(loss, norm);
              }
            }

            @Module
            class Layer {
              @Split(dim = 1) @Dims("M H") Tensor wi;
              @Dims("H M") Tensor wo;
              @Init(Init.Kind.NORMAL) @Dims("M") Tensor bias;

              Tensor apply(@Dims("B M") Tensor x) {
                return einsum("BH,HM->BM", tanh(einsum("BM,MH->BH", x, wi)), wo).plus(bias);
              }
            }

            @Module
            class Head {
              final double scale;
              @Dims("M M") Tensor w;

              Head() {
                this(1);
              }

              Head(double scale) {
                this.scale = scale * 2;
              }

              Tensor apply(Tensor x) {
                return einsum("BM,MN->BN", x, w).times(scale);
              }
            }
            """);
    Tensor x = random(1, 6, 4);
    Tensor goal = random(2, 6, 4);
    try (Mesh mesh = Mesh.local("data=3");
        Launcher launcher = Launcher.load(net, "Tiny", mesh);
        Eager<?> eager = Eager.of(net, "Tiny", 5)) {
      launcher.init(5);
      for (int step = 0; step < 3; step++) {
        Tensor count = HostTensor.scalar(step);
        Record expected = (Record) call(eager, "train", x, goal, count);
        List<Tensor> found = launcher.run("train", List.of(x, goal, count));
        for (int i = 0; i < 2; i++) {
          Method accessor = expected.getClass().getRecordComponents()[i].getAccessor();
          accessor.setAccessible(true);
          assertClose(
              accessor.getName() + " of step " + step,
              found.get(i),
              (Tensor) accessor.invoke(expected));
        }
        for (String path : List.of("layers.wi", "layers.wo", "layers.bias", "head.w", "calls")) {
          assertClose(path, launcher.parameter(path), eager.parameter(path));
        }
      }
    }
  }

  /** Methods that are manual over one axis of two, and over both, with each of the collectives. */
  @Test
  void manualMethodsDoWhatTheWholeDoes() throws Exception {
    Class<?> net =
        load(
            """
            @Model
            @Config(name = "Tiny", sizes = "B=8 M=4 E=6", mesh = "data=2, expert=2")
            public class Net {
              @Split(dim = 0, axis = "expert") @Init(Init.Kind.NORMAL) @Dims("E M") Tensor w;
              @Init(Init.Kind.NORMAL) @Dims("M") Tensor b;

              @Program Tensor train(
                  @Split(dim = 0, axis = "data") @Dims("B M") Tensor x,
                  @Dims(value = "", type = DType.S32) Tensor step) {
                Tensor y = byExperts(tanh(x)).plus(scattered(x)).plus(moved(gathered(x)));
                Tensor loss = mean(square(y.minus(around(y)).minus(b)));
                minimize(loss, new Sgd(new Schedule.Constant(0.001), 0.9), step);
                return loss;
              }

              @Program @Dims(value = "4", type = DType.S32) Tensor numbers() {
                return number();
              }

              @Program @Dims(value = "2", type = DType.S32) Tensor pairs() {
                return pair();
              }

              @Manual("expert")
              private Tensor byExperts(Tensor x) {
                Tensor scores = einsum("BM,EM->BE", x, w);
                check(scores.dim(1) * devices() == size("E"));
                return allSum(einsum("BE,EM->BM", tanh(scores), w));
              }

              private static void check(boolean holds) {
                if (!holds) {
                  throw new IllegalStateException("not a part");
                }
              }

              @Manual
              @Split(dim = 0, axis = "expert")
              private Tensor scattered(@Split(dim = 1, axis = "expert") @Dims("B M") Tensor x) {
                Tensor products = einsum("BM,M->B", x, sum(x, 0));
                Tensor part = reduceScatter(io.gshard.op.Combiner.ADD, products, 0, "expert");
                return einsum("B,M->BM", part, b);
              }

              @Manual
              private Tensor gathered(@Shard({"data+expert", ""}) Tensor x) {
                return allGather(x, 0);
              }

              @Manual
              @Shard({"", "data+expert"})
              private Tensor moved(@Shard({"data+expert", ""}) Tensor x) {
                return allToAll(square(x), 1, 0);
              }

              @Manual
              private Tensor around(@Shard({"expert+data", ""}) Tensor x) {
                Tensor sum = sum(x, 0);
                Tensor moving = sum;
                for (int i = 1; i < devices(); i++) {
                  moving = rotate(moving, 1);
                  sum = sum.plus(moving);
                }
                return sum;
              }

              @Manual
              @Shard("data+expert")
              private Tensor number() {
                return reshape(device(), 1);
              }

              @Manual
              @Shard("expert")
              private Tensor pair() {
                return reshape(device("expert"), 1).plus(devices("data"));
              }
            }
            """);
    Tensor x = random(1, 8, 4);
    try (Mesh mesh = Mesh.local("data=2, expert=2");
        Launcher launcher = Launcher.load(net, "Tiny", mesh);
        Eager<?> eager = Eager.of(net, "Tiny", 5)) {
      launcher.init(5);
      for (int step = 0; step < 3; step++) {
        Tensor count = HostTensor.scalar(step);
        Tensor expected = (Tensor) call(eager, "train", x, count);
        assertClose("loss", launcher.run("train", List.of(x, count)).getFirst(), expected);
        for (String path : List.of("w", "b")) {
          assertClose(path, launcher.parameter(path), eager.parameter(path));
        }
      }
      assertThat(launcher.run("numbers", List.of()).getFirst().literal().toInts())
          .isEqualTo(new int[] {0, 1, 2, 3});
      assertThat(launcher.run("pairs", List.of()).getFirst().literal().toInts())
          .isEqualTo(new int[] {2, 3});
    }
  }

  /** Explicit assignments change where parts are, and nothing else. */
  @Test
  void assignedDevicesHoldTheirParts() throws Exception {
    Class<?> net =
        load(
            """
            @Model
            @Config(name = "Tiny", sizes = "B=8 M=4 H=6", mesh = "data=2, model=2")
            public class Net {
              @Shard(value = {"", "data+model"}, devices = {3, 1, 0, 2}) @Dims("M B") Tensor w;
              @Shard(value = {"model", ""}, devices = {2, 3, 1, 0}) @Dims("H B") Tensor v;

              @Program Tensor train(
                  @Shard(value = {"data", "model"}, devices = {0, 2, 3, 1}) @Dims("B M") Tensor x,
                  @Dims(value = "", type = DType.S32) Tensor step) {
                Tensor y = shard(einsum("BM,MC->BC", x, w), new int[] {1, 0, 3, 2}, "data", "");
                Tensor loss = mean(square(einsum("BC,HC->BH", tanh(y), v)));
                minimize(loss, new Sgd(new Schedule.Constant(0.1), 0.9), step);
                return loss;
              }
            }
            """);
    Tensor x = random(1, 8, 4);
    try (Mesh mesh = Mesh.local("data=2, model=2");
        Launcher launcher = Launcher.load(net, "Tiny", mesh);
        Eager<?> eager = Eager.of(net, "Tiny", 5)) {
      launcher.init(5);
      for (int step = 0; step < 2; step++) {
        Tensor count = HostTensor.scalar(step);
        Tensor expected = (Tensor) call(eager, "train", x, count);
        assertClose("loss", launcher.run("train", List.of(x, count)).getFirst(), expected);
        for (String path : List.of("w", "v")) {
          assertClose(path, launcher.parameter(path), eager.parameter(path));
        }
      }
    }
  }

  /** 300 queries, three blocks, the last one filled up; the batch split, or the queries. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void attentionInBlocksTrainsAsTheWholeDoes(int dim) throws Exception {
    Class<?> net =
        load(
            """
            @Model
            @Config(name = "Tiny", sizes = "B=2 Q=300 K=20 M=4 A=6 N=2 D=3", mesh = "data=2")
            public class Net {
              @Dims("M A") Tensor query;
              @Dims("M A") Tensor key;
              @Dims("M A") Tensor value;

              @Program Tensor train(
                  @Split(dim = DIM) @Dims("B Q M") Tensor x,
                  @Dims("B K M") Tensor memory,
                  @Dims(value = "", type = DType.S32) Tensor step) {
                Tensor q = heads(einsum("BQM,MA->BQA", x, query));
                Tensor k = heads(einsum("BKM,MA->BKA", memory, key));
                Tensor v = heads(einsum("BKM,MA->BKA", memory, value));
                Tensor mask = greater(sum(x, 2), constant(DType.F32, -1));
                Tensor wide = broadcast(mask, List.of(2L, 300L, 20L), List.of(0, 1));
                Tensor y = Nn.dotProductAttention(q, k, v, wide);
                Tensor loss = mean(square(y.minus(1)));
                minimize(loss, new Sgd(new Schedule.Constant(0.5), 0.9), step);
                return loss;
              }

              private Tensor heads(Tensor x) {
                return reshape(x, x.dim(0), x.dim(1), size("N"), size("D"));
              }
            }
            """
                .replace("DIM", "" + dim));
    Tensor x = random(1, 2, 300, 4);
    Tensor memory = random(2, 2, 20, 4);
    try (Mesh mesh = Mesh.local("data=2");
        Launcher launcher = Launcher.load(net, "Tiny", mesh);
        Eager<?> eager = Eager.of(net, "Tiny", 5)) {
      launcher.init(5);
      for (int step = 0; step < 3; step++) {
        Tensor count = HostTensor.scalar(step);
        Tensor expected = (Tensor) call(eager, "train", x, memory, count);
        assertClose("loss", launcher.run("train", List.of(x, memory, count)).getFirst(), expected);
        for (String path : List.of("query", "key", "value")) {
          assertClose(path, launcher.parameter(path), eager.parameter(path));
        }
      }
    }
  }
}
