package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.sharding.Propagation;
import io.gshard.tensor.Literal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Batch normalisation as HLO text has it: by the formula, and the same on several devices. */
class BatchNormTest {
  private static final int ROWS = 10;
  private static final int FEATURES = 6;
  private static final double EPSILON = 0.01;

  private static final String HEAD =
      """
      HloModule m, num_partitions=4
      ENTRY %main {
        %x = TYPE[5,6,2] parameter(0), sharding={devices=[2,2,1]<=[4]}
        %a = TYPE[6] parameter(1)
        %b = TYPE[6] parameter(2)
      """;

  private final Random random = new Random(5);

  @Test
  void training() {
    HloModule module =
        module(
            "  ROOT %y = (TYPE[5,6,2], TYPE[6], TYPE[6]) batch-norm-training(%x, %a, %b), epsilon=0.01, feature_index=1, sharding={{devices=[1,2,2]<=[4]}, {replicated}, {devices=[4]<=[4]}}\n}",
            "f32");
    List<Literal> in = agrees(module);
    List<Literal> out = Evaluator.run(module, in);
    for (int f = 0; f < FEATURES; f++) {
      double mean = mean(in.get(0), f);
      double variance = variance(in.get(0), f);
      near(out.get(1).real(f), mean);
      near(out.get(2).real(f), variance);
      for (int row = 0; row < ROWS; row++) {
        double normal = (at(in.get(0), row, f) - mean) / Math.sqrt(variance + EPSILON);
        near(at(out.get(0), row, f), normal * in.get(1).real(f) + in.get(2).real(f));
      }
    }
  }

  @Test
  void inference() {
    HloModule module =
        module(
            """
              %%m = %1$s[6] parameter(3)
              %%w = %1$s[6] parameter(4)
              %%v = %1$s[6] multiply(%%w, %%w)
              ROOT %%y = %1$s[5,6,2] batch-norm-inference(%%x, %%a, %%b, %%m, %%v), epsilon=1e-2, feature_index=1
            }"""
                .formatted("TYPE"),
            "f32");
    List<Literal> in = agrees(module);
    Literal out = Evaluator.run(module, in).getFirst();
    for (int f = 0; f < FEATURES; f++) {
      double variance = in.get(4).real(f) * in.get(4).real(f);
      for (int row = 0; row < ROWS; row++) {
        double normal = (at(in.get(0), row, f) - in.get(3).real(f)) / Math.sqrt(variance + EPSILON);
        near(at(out, row, f), normal * in.get(1).real(f) + in.get(2).real(f));
      }
    }
  }

  /** Of the sum of training's result weighed by dy, by differences. */
  @Test
  void gradient() {
    HloModule forward =
        module(
            "  ROOT %y = (TYPE[5,6,2], TYPE[6], TYPE[6]) batch-norm-training(%x, %a, %b), epsilon=0.01, feature_index=1\n}",
            "f64");
    HloModule module =
        module(
            """
              %dy = TYPE[5,6,2] parameter(3)
              %t = (TYPE[5,6,2], TYPE[6], TYPE[6]) batch-norm-training(%x, %a, %b), epsilon=0.01, feature_index=1
              %m = TYPE[6] get-tuple-element(%t), index=1
              %v = TYPE[6] get-tuple-element(%t), index=2
              ROOT %g = (TYPE[5,6,2], TYPE[6], TYPE[6]) batch-norm-grad(%x, %a, %m, %v, %dy), epsilon=0.01, feature_index=1
            }""",
            "f64");
    List<Literal> in = agrees(module);
    List<Literal> out = Evaluator.run(module, in);
    for (int operand = 0; operand < 3; operand++) {
      Literal x = in.get(operand);
      for (int at = 0; at < x.shape().elements(); at++) {
        double step = 1e-5;
        double above = weighed(forward, in, operand, at, step);
        double below = weighed(forward, in, operand, at, -step);
        near(out.get(operand).real(at), (above - below) / (2 * step));
      }
    }
  }

  private static double weighed(
      HloModule forward, List<Literal> in, int operand, int at, double step) {
    List<Literal> moved = new java.util.ArrayList<>(in.subList(0, 3));
    Literal x = in.get(operand);
    double[] values = new double[Math.toIntExact(x.shape().elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.real(i) + (i == at ? step : 0);
    }
    moved.set(operand, Literal.ofReals(x.shape(), values));
    Literal y = Evaluator.run(forward, moved).getFirst();
    double sum = 0;
    for (int i = 0; i < y.shape().elements(); i++) {
      sum += y.real(i) * in.get(3).real(i);
    }
    return sum;
  }

  private static HloModule module(String rest, String type) {
    HloModule module = HloParser.parse((HEAD + rest).replace("TYPE", type));
    Verifier.verify(module);
    return Propagation.run(module);
  }

  private List<Literal> agrees(HloModule module) {
    List<Literal> arguments = Checks.values(random, module, 1);
    Checks.agrees(module, arguments, module.name());
    return arguments;
  }

  /** x is [5,6,2]: five times two rows of six features. */
  private static double at(Literal x, int row, int feature) {
    return x.real((row / 2 * FEATURES + feature) * 2 + row % 2);
  }

  private static double mean(Literal x, int feature) {
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += at(x, row, feature);
    }
    return sum / ROWS;
  }

  private static double variance(Literal x, int feature) {
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += Math.pow(at(x, row, feature) - mean(x, feature), 2);
    }
    return sum / ROWS;
  }

  private static void near(double found, double expected) {
    assertThat(found).isWithin(1e-5).of(expected);
  }
}
