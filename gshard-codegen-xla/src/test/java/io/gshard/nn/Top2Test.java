package io.gshard.nn;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against Algorithm 1 as the paper writes it: a loop over tokens, in plain Java. */
final class Top2Test {
  private static final int SEED = 11;

  /** Sizes, gates and padding of one case; rounded so that gates tie often. */
  private record Case(
      int groups, int tokens, int experts, int capacity, double[][][] gates, double[][] real) {
    static Case of(Random random) {
      int groups = 1 + random.nextInt(3);
      int tokens = 1 + random.nextInt(12);
      int experts = 2 + random.nextInt(5);
      int capacity = 1 + random.nextInt(5);
      double[][][] gates = new double[groups][tokens][experts];
      double[][] real = new double[groups][tokens];
      boolean ties = random.nextBoolean();
      boolean padded = random.nextBoolean();
      for (int g = 0; g < groups; g++) {
        for (int s = 0; s < tokens; s++) {
          double sum = 0;
          for (int e = 0; e < experts; e++) {
            gates[g][s][e] = ties ? 1 + random.nextInt(3) : 0.01 + random.nextDouble();
            sum += gates[g][s][e];
          }
          for (int e = 0; e < experts; e++) {
            gates[g][s][e] = (float) (gates[g][s][e] / sum);
          }
          real[g][s] = padded && random.nextInt(4) == 0 ? 0 : 1;
        }
      }
      return new Case(groups, tokens, experts, capacity, gates, real);
    }

    Literal gatesLiteral() {
      double[] flat = new double[groups * tokens * experts];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = gates[i / experts / tokens][i / experts % tokens][i % experts];
      }
      return Literal.ofReals(Shape.of(DType.F32, groups, tokens, experts), flat);
    }

    Literal realLiteral() {
      double[] flat = new double[groups * tokens];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = real[i / tokens][i % tokens];
      }
      return Literal.ofReals(Shape.of(DType.F32, groups, tokens), flat);
    }
  }

  private record Routed(double[][][][] combine, double auxLoss, double[] load) {}

  private static int argmax(double[] values, int without) {
    int best = -1;
    for (int e = 0; e < values.length; e++) {
      if (e != without && (best < 0 || values[e] > values[best])) {
        best = e;
      }
    }
    return best;
  }

  private static Routed loop(Case c, double[][] drawn, Top2.Policy policy) {
    double[][][][] combine = new double[c.groups][c.tokens][c.experts][c.capacity];
    double[] load = new double[c.experts];
    double loss = 0;
    for (int g = 0; g < c.groups; g++) {
      int[] used = new int[c.experts];
      double[] meanGate = new double[c.experts];
      for (int s = 0; s < c.tokens; s++) {
        if (c.real[g][s] == 0) {
          continue;
        }
        double[] gates = c.gates[g][s];
        for (int e = 0; e < c.experts; e++) {
          meanGate[e] += gates[e] / c.tokens;
        }
        int e1 = argmax(gates, -1);
        int e2 = argmax(gates, e1);
        if (used[e1] < c.capacity) {
          combine[g][s][e1][used[e1]] = gates[e1] / (gates[e1] + gates[e2]);
          load[e1]++;
        }
        used[e1]++;
      }
      double sum = 0;
      for (int e = 0; e < c.experts; e++) {
        sum += (double) used[e] / c.tokens * meanGate[e];
      }
      loss += sum / c.experts / c.groups;
      for (int s = 0; s < c.tokens; s++) {
        if (c.real[g][s] == 0) {
          continue;
        }
        double[] gates = c.gates[g][s];
        int e1 = argmax(gates, -1);
        int e2 = argmax(gates, e1);
        double g2 = gates[e2] / (gates[e1] + gates[e2]);
        boolean sent = policy == Top2.Policy.ALL || 2 * g2 > drawn[g][s];
        if (used[e2] < c.capacity && sent) {
          combine[g][s][e2][used[e2]] = g2;
          load[e2]++;
        }
        if (policy == Top2.Policy.PAPER || sent) {
          used[e2]++;
        }
      }
    }
    double scale = policy == Top2.Policy.PAPER ? 1 : c.experts * c.experts;
    return new Routed(combine, loss * scale, load);
  }

  private static List<Tensor> route(List<Tensor> a, int capacity, Top2.Policy policy) {
    Tensor key = io.gshard.nn.Random.key(SEED);
    Top2 routed = Top2.route(a.get(0), a.get(1), capacity, key, policy);
    return List.of(
        routed.combine(),
        routed.dispatch(),
        routed.auxLoss(),
        routed.load(),
        io.gshard.nn.Random.uniform(key, a.get(1).shape()));
  }

  @ParameterizedTest
  @EnumSource(Top2.Policy.class)
  void routesAsTheLoopDoes(Top2.Policy policy) {
    int dropped = 0;
    for (int seed = 0; seed < 60; seed++) {
      Case c = Case.of(new Random(seed));
      List<Literal> found =
          Run.all(List.of(c.gatesLiteral(), c.realLiteral()), a -> route(a, c.capacity, policy));
      double[][] drawn = new double[c.groups][c.tokens];
      for (int i = 0; i < c.groups * c.tokens; i++) {
        drawn[i / c.tokens][i % c.tokens] = found.get(4).real(i);
      }
      Routed expected = loop(c, drawn, policy);
      int i = 0;
      for (int g = 0; g < c.groups; g++) {
        for (int s = 0; s < c.tokens; s++) {
          for (int e = 0; e < c.experts; e++) {
            for (int p = 0; p < c.capacity; p++) {
              String at =
                  "seed %d, group %d, token %d, expert %d, place %d".formatted(seed, g, s, e, p);
              double value = expected.combine[g][s][e][p];
              assertWithMessage(at).that(found.get(0).real(i)).isWithin(1e-6).of(value);
              assertWithMessage(at).that(found.get(1).real(i)).isEqualTo(value != 0 ? 1.0 : 0.0);
              i++;
            }
          }
        }
      }
      assertWithMessage("seed " + seed)
          .that(found.get(2).real(0))
          .isWithin(1e-5)
          .of(expected.auxLoss);
      double sent = 0;
      for (int e = 0; e < c.experts; e++) {
        assertWithMessage("seed " + seed).that(found.get(3).real(e)).isEqualTo(expected.load[e]);
        sent += expected.load[e];
      }
      dropped += sent < 2 * c.groups * c.tokens ? 1 : 0;
    }
    assertThat(dropped).isGreaterThan(10);
  }

  @Test
  void paddingMayBeLeftOut() {
    Case c = Case.of(new Random(1));
    List<Literal> found =
        Run.all(
            List.of(c.gatesLiteral()),
            a -> {
              Tensor ones = Ops.ones(Shape.of(DType.F32, c.groups, c.tokens));
              Top2 with = Top2.route(a.get(0), ones, c.capacity, null, Top2.Policy.ALL);
              Top2 without = Top2.route(a.get(0), null, c.capacity, null, Top2.Policy.ALL);
              return List.of(with.combine(), without.combine(), with.auxLoss(), without.auxLoss());
            });
    assertThat(found.get(0)).isEqualTo(found.get(1));
    assertThat(found.get(2)).isEqualTo(found.get(3));
  }

  @Test
  void theLossIsOneWhereAllIsEven() {
    int experts = 4;
    double[] gates = new double[experts * experts];
    for (int s = 0; s < experts; s++) {
      for (int e = 0; e < experts; e++) {
        gates[s * experts + e] = s == e ? 0.7 : 0.1;
      }
    }
    Literal even = Literal.ofReals(Shape.of(DType.F32, 1, experts, experts), gates);
    Literal loss =
        Run.one(a -> Top2.route(a.get(0), null, 2, null, Top2.Policy.ALL).auxLoss(), even);
    assertThat(loss.real(0)).isWithin(1e-6).of(1);
  }

  /**
   * Gradients reach the gates through combine and the loss: central differences of a smooth region.
   */
  @Test
  void gradientsReachTheGates() {
    Case c = Case.of(new Random(4));
    List<Double> weights = new ArrayList<>();
    Random random = new Random(5);
    int size = c.groups * c.tokens * c.experts * c.capacity;
    for (int i = 0; i < size; i++) {
      weights.add(random.nextDouble());
    }
    Shape wide = Shape.of(DType.F64, c.groups, c.tokens, c.experts);
    Literal gates = Run.random(new Random(6), wide, 0.1, 0.9);
    Literal w =
        Literal.ofReals(
            Shape.of(DType.F64, c.groups, c.tokens, c.experts, c.capacity),
            weights.stream().mapToDouble(Double::doubleValue).toArray());
    List<Literal> found =
        Run.all(
            List.of(gates, w),
            a -> {
              Tensor loss = loss(a, c.capacity);
              return List.of(Engine.current().gradients(loss, List.of(a.get(0))).getFirst());
            });
    for (int i = 0; i < wide.elements(); i++) {
      double step = 1e-6;
      double up = value(gates, w, c.capacity, i, step);
      double down = value(gates, w, c.capacity, i, -step);
      assertWithMessage("gate " + i)
          .that(found.getFirst().real(i))
          .isWithin(1e-6)
          .of((up - down) / (2 * step));
    }
  }

  private static Tensor loss(List<Tensor> a, int capacity) {
    Top2 routed = Top2.route(a.get(0), null, capacity, null, Top2.Policy.ALL);
    return Ops.sum(routed.combine().times(a.get(1))).plus(routed.auxLoss());
  }

  private static double value(Literal gates, Literal w, int capacity, int element, double by) {
    double[] moved = new double[(int) gates.shape().elements()];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = gates.real(i) + (i == element ? by : 0);
    }
    return Run.one(a -> loss(a, capacity), Literal.ofReals(gates.shape(), moved), w).real(0);
  }

  @Test
  void wrongShapesAreRefused() {
    Literal flat = Literal.ofReals(Shape.of(DType.F32, 2, 2), 1, 2, 3, 4);
    Literal cube = Literal.ofReals(Shape.of(DType.F32, 1, 2, 2), 1, 2, 3, 4);
    assertThat(refused(flat, null, 1))
        .isEqualTo("top-2 gating takes gates [G, S, E], found f32[2,2]");
    assertThat(refused(cube, flat, 1))
        .isEqualTo(
            "top-2 gating of gates f32[1,2,2] takes padding [G, S] of their type, found f32[2,2]");
    assertThat(refused(cube, null, 0))
        .isEqualTo("top-2 gating with capacity 0: an expert needs 1 place or more");
  }

  private static String refused(Literal gates, Literal padding, int capacity) {
    return assertThrows(
            ShapeException.class,
            () ->
                Run.one(
                    a ->
                        Top2.route(
                                a.get(0),
                                padding == null ? null : a.get(1),
                                capacity,
                                null,
                                Top2.Policy.ALL)
                            .combine(),
                    padding == null ? new Literal[] {gates} : new Literal[] {gates, padding}))
        .getMessage();
  }
}
