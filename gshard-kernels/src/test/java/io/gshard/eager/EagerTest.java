package io.gshard.eager;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.minimize;
import static io.gshard.tensor.Ops.size;
import static io.gshard.tensor.Ops.split;
import static io.gshard.tensor.Ops.square;
import static io.gshard.tensor.Ops.sum;
import static io.gshard.tensor.Ops.tanh;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Module;
import io.gshard.annotation.Program;
import io.gshard.annotation.Stack;
import io.gshard.nn.Adafactor;
import io.gshard.nn.Initializer;
import io.gshard.nn.Schedule;
import io.gshard.nn.Sgd;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EagerTest {

  @Module
  static class Layer {
    @Dims("M M")
    Tensor w;

    @Init(value = Init.Kind.CONSTANT, scale = 0.5)
    @Dims("M")
    Tensor b;

    Tensor apply(Tensor x) {
      return tanh(einsum("BM,MN->BN", x, w).plus(b));
    }
  }

  @Model
  @Config(name = "Tiny", sizes = "B=2 M=3 N=2 K=4", mesh = "x=2")
  static class Mlp {
    final Layer first = new Layer();

    @Stack("N")
    List<Layer> layers;

    @Init(value = Init.Kind.FAN_IN, fan = "K")
    @Dims("M")
    Tensor out;

    @Dims("M")
    Tensor unused;

    @Program
    Tensor loss(Tensor x) {
      Tensor y = first.apply(x);
      for (Layer layer : layers) {
        y = split(layer.apply(y), 0);
      }
      return sum(square(einsum("BM,M->B", y, out).minus(1))).over(size("B"));
    }

    Tensor step(Tensor x, Tensor step) {
      Tensor loss = loss(x);
      minimize(loss, new Sgd(new Schedule.Constant(0.1)), step);
      return loss;
    }

    Tensor adafactor(Tensor x, Tensor step) {
      Tensor loss = loss(x);
      minimize(loss, new Adafactor(new Schedule.Constant(0.05)), step);
      return loss;
    }
  }

  private static Tensor input() {
    Random random = new Random(7);
    double[] values = random.doubles(6, -1, 1).toArray();
    return ArrayTensor.of(Literal.ofReals(Shape.of(DType.F32, 2, 3), values));
  }

  private static Tensor step(int number) {
    return ArrayTensor.of(Literal.scalar(DType.S32, number));
  }

  @Test
  void parametersStartAsTheInitialiserSays() {
    try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 5)) {
      assertThat(eager.parameters())
          .containsExactly("first.w", "first.b", "layers.w", "layers.b", "out", "unused")
          .inOrder();
      Tensor seed = ArrayTensor.of(Literal.scalar(DType.S32, 5));
      Literal expected =
          Initializer.initialize(
                  "layers.w", Shape.of(DType.F32, 3, 3), List.of(2L), null, 1, 0, seed)
              .literal();
      assertThat(eager.parameter("layers.w").literal()).isEqualTo(expected);
      // The second copy of the module holds the second slice.
      assertThat(eager.model().layers.get(1).w.literal().real(4)).isEqualTo(expected.real(13));
      assertThat(eager.model().layers.get(1).b.literal().real(2)).isEqualTo(0.5);
      double width = Math.sqrt(3.0 / 4);
      Literal out = eager.parameter("out").literal();
      assertThat(Math.abs(out.real(0))).isAtMost(width);
      assertThat(out.real(0)).isNotEqualTo(0.0);
    }
  }

  @Test
  void gradientStepsMatchCentralDifferences() {
    try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 5)) {
      Tensor x = input();
      for (String path : List.of("first.w", "layers.w", "layers.b", "out")) {
        Literal before = eager.parameter(path).literal();
        int at = 1;
        double h = 1e-2;
        eager.parameter(path, ArrayTensor.of(moved(before, at, h)));
        double up = eager.model().loss(x).scalar();
        eager.parameter(path, ArrayTensor.of(moved(before, at, -h)));
        double down = eager.model().loss(x).scalar();
        eager.parameter(path, ArrayTensor.of(before));
        try (Eager<Mlp> other = Eager.of(Mlp.class, "Tiny", 5)) {
          other.model().step(x, step(0));
          double change = other.parameter(path).literal().real(at) - before.real(at);
          assertThat(change).isWithin(1e-4).of(-0.1 * (up - down) / (2 * h));
        }
      }
    }
  }

  private static Literal moved(Literal x, int at, double by) {
    double[] values = new double[(int) x.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.real(i) + (i == at ? by : 0);
    }
    return Literal.ofReals(x.shape(), values);
  }

  @Test
  void trainingLearnsAndLeavesUnusedParametersAlone() {
    try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 5)) {
      double first = eager.model().step(input(), step(0)).scalar();
      double last = first;
      for (int i = 1; i < 30; i++) {
        last = eager.model().step(input(), step(i)).scalar();
      }
      assertThat(last).isLessThan(first / 4);
      assertThat(eager.parameter("unused").literal().toFloats()).isEqualTo(new float[3]);
    }
  }

  @Test
  void optimizerStateIsKeptForEachCopyAndShownStacked() {
    try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 5)) {
      var missing =
          assertThrows(IllegalArgumentException.class, () -> eager.parameter("layers.w#v"));
      assertThat(missing)
          .hasMessageThat()
          .isEqualTo("there is no optimizer state layers.w#v (yet)");
      eager.model().adafactor(input(), step(0));
      Tensor state = eager.parameter("layers.w#v");
      assertThat(state.shape()).isEqualTo(Shape.of(DType.F32, 2, 3, 3));
      Literal before = state.literal();
      eager.model().adafactor(input(), step(1));
      assertThat(eager.parameter("layers.w#v").literal()).isNotEqualTo(before);
    }
  }

  @Test
  void gradientsOfAnEarlierStepAreRefused() {
    try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 5)) {
      Tensor w = eager.model().first.w;
      Tensor old = eager.model().step(input(), step(0));
      assertThat(Ops.gradients(old, w).getFirst().shape()).isEqualTo(w.shape());
      eager.model().step(input(), step(1));
      var error = assertThrows(IllegalStateException.class, () -> Ops.gradients(old, w));
      assertThat(error)
          .hasMessageThat()
          .isEqualTo(
              "gradients of a loss from an earlier step: its computation is forgotten; take"
                  + " gradients in the step itself");
    }
  }

  @Test
  void gradientsWithoutAModel() {
    Tensor x = ArrayTensor.of(Literal.ofReals(Shape.of(DType.F32, 2), 3, -4));
    Tensor other = ArrayTensor.of(Literal.ofReals(Shape.of(DType.F32, 1), 9));
    List<Tensor> found = Eager.recording(() -> Ops.gradients(sum(square(x)), x, other));
    assertThat(found.get(0).literal()).isEqualTo(Literal.ofReals(Shape.of(DType.F32, 2), 6, -8));
    assertThat(found.get(1).literal()).isEqualTo(Literal.ofReals(Shape.of(DType.F32, 1), 0));
    var error = assertThrows(IllegalStateException.class, () -> Ops.gradients(sum(square(x)), x));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo(
            "gradients outside of a model: nothing was recorded; use Eager.of, or Eager.recording"
                + " around the computation");
  }

  @Test
  void theModelOpenedLastIsCurrent() {
    assertThrows(IllegalStateException.class, () -> size("B"));
    try (Eager<Mlp> outer = Eager.of(Mlp.class, "Tiny", 1)) {
      try (Eager<Mlp> inner = Eager.of(Mlp.class, "B=9 M=3 N=1 K=4", 1)) {
        assertThat(size("B")).isEqualTo(9);
        assertThat(inner.model().layers).hasSize(1);
      }
      assertThat(size("B")).isEqualTo(2);
      assertThat(outer.model().layers).hasSize(2);
    }
    assertThrows(IllegalStateException.class, () -> size("B"));
  }

  static class NoDims {
    Tensor w;
  }

  @Test
  void mistakesAreNamed() {
    var config = assertThrows(IllegalArgumentException.class, () -> Eager.of(Mlp.class, "Huge", 1));
    assertThat(config)
        .hasMessageThat()
        .isEqualTo("Mlp has no config 'Huge'; it has [Tiny], or give sizes such as \"B=8 M=64\"");
    var sizes =
        assertThrows(IllegalArgumentException.class, () -> Eager.of(Mlp.class, "B=2 N=1", 1));
    assertThat(sizes)
        .hasMessageThat()
        .isEqualTo("config given gives dim 'M' no size; it has [B, N]; add M=... to its sizes");
    var text = assertThrows(IllegalArgumentException.class, () -> Eager.of(Mlp.class, "B=x", 1));
    assertThat(text)
        .hasMessageThat()
        .isEqualTo("sizes 'B=x': found 'B=x'; expected dims as NAME=size, such as \"B=8 M=64\"");
    var dims = assertThrows(IllegalArgumentException.class, () -> Eager.of(NoDims.class, "M=1", 1));
    assertThat(dims)
        .hasMessageThat()
        .isEqualTo(
            "field w of NoDims has no @Dims: a parameter needs its dims, as in @Dims(\"M H\")");
    // A model that could not be made is not left open.
    assertThrows(IllegalStateException.class, () -> size("B"));
  }
}
