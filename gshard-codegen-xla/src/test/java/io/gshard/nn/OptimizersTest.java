package io.gshard.nn;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the papers' formulas, in plain Java over several steps. */
final class OptimizersTest {
  private static final int STEPS = 4;
  private static final double RATE = 0.1;

  private final Random random = new Random(3);

  private static double[] values(Literal x) {
    double[] values = new double[(int) x.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.real(i);
    }
    return values;
  }

  private static void close(String what, Literal found, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertWithMessage("%s, element %s", what, i)
          .that(found.real(i))
          .isWithin(2e-5 * Math.max(1, Math.abs(expected[i])))
          .of(expected[i]);
    }
  }

  /** One step of the optimizer: the parameter, then its slots. */
  private static List<Literal> step(
      Optimizer optimizer, Literal x, Literal g, List<Literal> slots, int step) {
    List<Literal> arguments = new ArrayList<>(List.of(x, g, Literal.scalar(DType.S32, step)));
    arguments.addAll(slots);
    return Run.all(
        arguments,
        a -> {
          Optimizer.Update update =
              optimizer.update(a.get(0), a.get(1), a.subList(3, a.size()), a.get(2));
          List<Tensor> results = new ArrayList<>(List.of(update.parameter()));
          results.addAll(update.slots());
          return results;
        });
  }

  private static List<Literal> empty(Optimizer optimizer, Shape shape) {
    return optimizer.slots(shape).stream()
        .map(
            slot -> {
              Shape part = new Shape(DType.F32, slot.dims().stream().map(shape::dim).toList());
              return Literal.ofReals(part, new double[(int) part.elements()]);
            })
        .toList();
  }

  private static double rms(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  @Test
  void adafactorFactored() {
    int rows = 3;
    int columns = 4;
    Shape shape = Shape.of(DType.F32, rows, columns);
    Adafactor adafactor = new Adafactor(new Schedule.Constant(RATE), 2, 1.0, true);
    assertThat(adafactor.slots(shape))
        .containsExactly(new Optimizer.Slot("vr", List.of(0)), new Optimizer.Slot("vc", List.of(1)))
        .inOrder();
    Literal x = Run.random(random, shape, -1, 1);
    List<Literal> slots = empty(adafactor, shape);
    double[] vr = new double[rows];
    double[] vc = new double[columns];
    double[] expected = values(x);
    for (int t = 1; t <= STEPS; t++) {
      Literal g = Run.random(random, shape, -0.3, 0.3);
      double fresh = Math.pow(t, -0.8);
      double[] rowSums = new double[rows];
      double[] columnSums = new double[columns];
      for (int i = 0; i < rows * columns; i++) {
        double square = g.real(i) * g.real(i) + 1e-30;
        rowSums[i / columns] += square / columns;
        columnSums[i % columns] += square / rows;
      }
      double rowMean = 0;
      for (int i = 0; i < rows; i++) {
        vr[i] = (1 - fresh) * vr[i] + fresh * rowSums[i];
        rowMean += vr[i] / rows;
      }
      for (int j = 0; j < columns; j++) {
        vc[j] = (1 - fresh) * vc[j] + fresh * columnSums[j];
      }
      double[] direction = new double[rows * columns];
      for (int i = 0; i < direction.length; i++) {
        direction[i] = g.real(i) / Math.sqrt(vr[i / columns] * vc[i % columns] / rowMean);
      }
      expected = moved(expected, direction);
      List<Literal> found = step(adafactor, x, g, slots, t - 1);
      close("parameter", found.get(0), expected);
      close("vr", found.get(1), vr);
      close("vc", found.get(2), vc);
      x = found.get(0);
      slots = found.subList(1, 3);
    }
  }

  private static double[] moved(double[] x, double[] direction) {
    double shrink = Math.max(1, rms(direction));
    double rate = RATE * Math.max(1e-3, rms(x));
    double[] moved = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      moved[i] = x[i] - rate * direction[i] / shrink;
    }
    return moved;
  }

  @Test
  void adafactorUnfactored() {
    Shape shape = Shape.of(DType.F32, 5);
    Adafactor adafactor = new Adafactor(new Schedule.Constant(RATE));
    assertThat(adafactor.slots(shape)).containsExactly(new Optimizer.Slot("v", List.of(0)));
    Literal x = Literal.ofReals(shape, new double[5]);
    List<Literal> slots = empty(adafactor, shape);
    double[] v = new double[5];
    double[] expected = new double[5];
    for (int t = 1; t <= STEPS; t++) {
      Literal g = Run.random(random, shape, -2, 2);
      double[] direction = new double[5];
      for (int i = 0; i < 5; i++) {
        double fresh = Math.pow(t, -0.8);
        v[i] = (1 - fresh) * v[i] + fresh * g.real(i) * g.real(i);
        direction[i] = g.real(i) / Math.sqrt(v[i]);
      }
      expected = moved(expected, direction);
      List<Literal> found = step(adafactor, x, g, slots, t - 1);
      close("parameter", found.get(0), expected);
      close("v", found.get(1), v);
      x = found.get(0);
      slots = found.subList(1, 2);
    }
  }

  @Test
  void adafactorChoosesItsDims() {
    Adafactor adafactor = new Adafactor(new Schedule.Constant(1));
    assertThat(dims(adafactor, 8, 128, 512)).isEqualTo(List.of(List.of(0, 1), List.of(0, 2)));
    assertThat(dims(adafactor, 2048, 1024, 8192)).isEqualTo(List.of(List.of(0, 1), List.of(0, 2)));
    assertThat(dims(adafactor, 128, 4, 256)).isEqualTo(List.of(List.of(0, 1), List.of(1, 2)));
    assertThat(dims(adafactor, 128, 4, 32)).isEqualTo(List.of(List.of(0, 1, 2)));
    assertThat(dims(adafactor, 4096)).isEqualTo(List.of(List.of(0)));
    assertThat(dims(adafactor)).isEqualTo(List.of(List.of()));
  }

  private static List<List<Integer>> dims(Adafactor adafactor, long... dims) {
    return adafactor.slots(Shape.of(DType.F32, dims)).stream().map(Optimizer.Slot::dims).toList();
  }

  /** A leading stack or expert dim takes part in the means of neither moment. */
  @Test
  void adafactorFactorsEachExpertForItself() {
    Adafactor adafactor = new Adafactor(new Schedule.Constant(RATE), 2, 1e9, false);
    Shape two = Shape.of(DType.F32, 2, 3, 4);
    Shape one = Shape.of(DType.F32, 3, 4);
    Literal x = Run.random(random, two, -1, 1);
    Literal g = Run.random(random, two, -1, 1);
    List<Literal> both = step(adafactor, x, g, empty(adafactor, two), 0);
    for (int e = 0; e < 2; e++) {
      double[] xe = Arrays.copyOfRange(values(x), 12 * e, 12 * e + 12);
      double[] ge = Arrays.copyOfRange(values(g), 12 * e, 12 * e + 12);
      List<Literal> alone =
          step(
              adafactor,
              Literal.ofReals(one, xe),
              Literal.ofReals(one, ge),
              empty(adafactor, one),
              0);
      for (int i = 0; i < 12; i++) {
        assertThat(both.getFirst().real(12 * e + i)).isWithin(1e-6).of(alone.getFirst().real(i));
      }
    }
  }

  @Test
  void adam() {
    Shape shape = Shape.of(DType.F32, 4);
    Adam adam = new Adam(new Schedule.Constant(RATE), 0.9, 0.99, 1e-8, 0.01);
    Literal x = Run.random(random, shape, -1, 1);
    List<Literal> slots = empty(adam, shape);
    double[] expected = values(x);
    double[] m = new double[4];
    double[] v = new double[4];
    for (int t = 1; t <= STEPS; t++) {
      Literal g = Run.random(random, shape, -1, 1);
      for (int i = 0; i < 4; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g.real(i);
        v[i] = 0.99 * v[i] + 0.01 * g.real(i) * g.real(i);
        double move =
            m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.99, t))) + 1e-8);
        expected[i] -= RATE * (move + 0.01 * expected[i]);
      }
      List<Literal> found = step(adam, x, g, slots, t - 1);
      close("parameter", found.get(0), expected);
      close("m", found.get(1), m);
      close("v", found.get(2), v);
      x = found.get(0);
      slots = found.subList(1, 3);
    }
  }

  @Test
  void sgdWithAndWithoutMomentum() {
    Shape shape = Shape.of(DType.F32, 2);
    Literal x = Literal.ofReals(shape, 1, -2);
    Literal g = Literal.ofReals(shape, 0.5, 4);
    Sgd plain = new Sgd(new Schedule.Constant(RATE));
    assertThat(plain.slots(shape)).isEmpty();
    close("plain", step(plain, x, g, List.of(), 0).getFirst(), new double[] {0.95, -2.4});
    Sgd heavy = new Sgd(new Schedule.Constant(RATE), 0.5);
    List<Literal> first = step(heavy, x, g, empty(heavy, shape), 0);
    List<Literal> second = step(heavy, first.getFirst(), g, first.subList(1, 2), 1);
    close("heavy", second.getFirst(), new double[] {0.95 - 0.075, -2.4 - 0.6});
  }

  @Test
  void schedules() {
    assertThat(rate(new Schedule.Constant(0.3), 5)).isWithin(1e-7).of(0.3);
    Schedule paper = new Schedule.RsqrtDecay(1, 100);
    assertThat(rate(paper, 3)).isWithin(1e-7).of(0.1);
    assertThat(rate(paper, 399)).isWithin(1e-7).of(0.05);
    Schedule warm = new Schedule.WarmupRsqrt(0.2, 100);
    assertThat(rate(warm, 49)).isWithin(1e-7).of(0.1);
    assertThat(rate(warm, 399)).isWithin(1e-7).of(0.1);
    Schedule linear = new Schedule.WarmupLinear(2, 10, 110);
    assertThat(rate(linear, 4)).isWithin(1e-6).of(1);
    assertThat(rate(linear, 9)).isWithin(1e-6).of(2);
    assertThat(rate(linear, 59)).isWithin(1e-6).of(1);
    assertThat(rate(linear, 500)).isEqualTo(0.0);
    assertThat(
            assertThrows(
                IllegalArgumentException.class, () -> new Schedule.WarmupLinear(1, 10, 10)))
        .hasMessageThat()
        .isEqualTo("a schedule of 10 steps with 10 of warmup: total must be larger");
  }

  private static double rate(Schedule schedule, int step) {
    return Run.one(a -> schedule.rate(a.get(0)), Literal.scalar(DType.S32, step)).real(0);
  }
}
