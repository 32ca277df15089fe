package io.gshard.sharding;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Window;
import io.gshard.op.Op;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * The rules of ops whose parts need their neighbours' elements: a dim that the op moves along is a
 * factor of kind PERMUTATION, of the operand's dim and of the result's, which may differ in size.
 */
final class WindowRules {
  private WindowRules() {}

  static void slice(RuleBuilder rule, Op.Slice s, Shape x, Shape result) {
    for (int d = 0; d < x.rank(); d++) {
      boolean whole =
          s.starts().get(d) == 0 && s.limits().get(d) == x.dim(d) && s.strides().get(d) == 1;
      moved(rule, d, x, result, whole);
    }
  }

  static void pad(RuleBuilder rule, Op.Pad p, Shape x, Shape result) {
    for (int d = 0; d < x.rank(); d++) {
      boolean whole = p.low().get(d) == 0 && p.high().get(d) == 0 && p.interior().get(d) == 0;
      moved(rule, d, x, result, whole);
    }
  }

  /** Operands and results of one shape; one dim is moved along. */
  static void along(RuleBuilder rule, List<Integer> dims, Shape shape) {
    for (int d = 0; d < shape.rank(); d++) {
      moved(rule, d, shape, shape, !dims.contains(d));
    }
  }

  static void concatenate(RuleBuilder rule, Op.Concatenate c, List<Shape> operands, Shape result) {
    for (int d = 0; d < result.rank(); d++) {
      boolean joined = d == c.dimension();
      if (joined && result.dim(d) == 0) {
        continue;
      }
      int f =
          rule.factor(result.dim(d), joined ? OpRule.Kind.PERMUTATION : OpRule.Kind.PASS_THROUGH);
      rule.result(d, f);
      for (int o = 0; o < operands.size(); o++) {
        if (operands.get(o).dim(d) > 0 || !joined) {
          rule.operand(o, d, f);
        }
      }
    }
  }

  /** n arrays and n starts; the window moves over all dims. */
  static void reduceWindow(
      RuleBuilder rule, ArrayOp.ReduceWindow op, List<Shape> operands, List<Shape> results) {
    Shape x = operands.getFirst();
    for (int d = 0; d < x.rank(); d++) {
      Window.Dim window = op.window().dims().get(d);
      int f = factor(rule, x.dim(d), results.getFirst().dim(d), window.isTrivial());
      for (int i = 0; i < results.size() && f >= 0; i++) {
        rule.operand(i, d, f).result(i, d, f);
      }
    }
  }

  /** (x, source, start): a window of x for each element of the source. */
  static void selectAndScatter(
      RuleBuilder rule, ArrayOp.SelectAndScatter op, Shape x, Shape source) {
    boolean known = op.scatter().combiner() != null;
    for (int d = 0; d < x.rank(); d++) {
      Window.Dim window = op.window().dims().get(d);
      boolean dilated = window.baseDilation() > 1 || window.dilation() > 1;
      boolean whole = window.isTrivial();
      if (whole || (known && !dilated && x.dim(d) > 0 && source.dim(d) > 0)) {
        int f = rule.factor(x.dim(d), whole ? OpRule.Kind.PASS_THROUGH : OpRule.Kind.PERMUTATION);
        rule.operand(0, d, f).operand(1, d, f).result(d, f);
      }
    }
  }

  /**
   * Groups are the major part of the dims that they group. A spatial dim is split with the places
   * of the window, or, where the window is larger than the places (as in a gradient by the kernel),
   * with the window, whose parts give parts of every sum.
   */
  static void convolution(
      RuleBuilder rule, ArrayOp.Convolution op, Shape lhs, Shape rhs, Shape result) {
    ArrayOp.ConvolutionDims dims = op.dims();
    if (op.featureGroups() > 1) {
      int group = rule.pass(op.featureGroups());
      rule.operand(0, dims.inputFeature(), group)
          .operand(1, dims.kernelOutputFeature(), group)
          .result(dims.outputFeature(), group);
    }
    if (op.batchGroups() > 1) {
      int group = rule.pass(op.batchGroups());
      rule.operand(0, dims.inputBatch(), group)
          .operand(1, dims.kernelOutputFeature(), group)
          .result(dims.outputFeature(), group);
    }
    int batch = rule.pass(result.dim(dims.outputBatch()));
    rule.operand(0, dims.inputBatch(), batch).result(dims.outputBatch(), batch);
    long groups = op.featureGroups() * op.batchGroups();
    int out = rule.pass(result.dim(dims.outputFeature()) / groups);
    rule.operand(1, dims.kernelOutputFeature(), out).result(dims.outputFeature(), out);
    int in = rule.factor(rhs.dim(dims.kernelInputFeature()), OpRule.Kind.REDUCTION);
    rule.operand(0, dims.inputFeature(), in).operand(1, dims.kernelInputFeature(), in);
    for (int i = 0; i < op.window().dims().size(); i++) {
      int x = dims.inputSpatial().get(i);
      long places = result.dim(dims.outputSpatial().get(i));
      if (summedOver(op.window().dims().get(i), places)) {
        int f = rule.factor(op.window().dims().get(i).size(), OpRule.Kind.REDUCTION);
        rule.operand(0, x, f).operand(1, dims.kernelSpatial().get(i), f);
      } else {
        int f = factor(rule, lhs.dim(x), places, false);
        if (f >= 0) {
          rule.operand(0, x, f).result(dims.outputSpatial().get(i), f);
        }
      }
    }
  }

  static boolean summedOver(Window.Dim window, long places) {
    return window.size() > places && places > 0 && !window.reversed();
  }

  private static void moved(RuleBuilder rule, int d, Shape x, Shape result, boolean whole) {
    int f = factor(rule, x.dim(d), result.dim(d), whole);
    if (f >= 0) {
      rule.operand(0, d, f).result(d, f);
    }
  }

  /** The factor of a dim that goes in with one size and comes out with another; -1 if empty. */
  private static int factor(RuleBuilder rule, long in, long out, boolean whole) {
    if (whole) {
      return rule.pass(in);
    }
    return in == 0 || out == 0 ? -1 : rule.factor(out, OpRule.Kind.PERMUTATION);
  }
}
