package io.gshard.sharding;

import io.gshard.hlo.ArrayOp;
import io.gshard.tensor.Shape;

/** Rules of the ops that work on the last dims: transforms, factorisations, selections. */
final class LinearRules {
  private LinearRules() {}

  /** Each part of the last dim has its own best; the best of those are the best of all. */
  static void topK(RuleBuilder rule, Shape x) {
    int last = x.rank() - 1;
    for (int d = 0; d < last; d++) {
      int f = rule.pass(x.dim(d));
      rule.operand(0, d, f).result(0, d, f).result(1, d, f);
    }
    rule.operand(0, last, rule.factor(x.dim(last), OpRule.Kind.REDUCTION));
  }

  static void fft(RuleBuilder rule, ArrayOp.Fft op, Shape x) {
    batch(rule, x, x.rank() - op.lengths().size());
  }

  static void cholesky(RuleBuilder rule, Shape x) {
    batch(rule, x, x.rank() - 2);
  }

  private static void batch(RuleBuilder rule, Shape x, int dims) {
    for (int d = 0; d < dims; d++) {
      int f = rule.pass(x.dim(d));
      rule.operand(0, d, f).result(d, f);
    }
  }

  /** Batch dims, and the right-hand sides: each is solved alone. */
  static void triangularSolve(RuleBuilder rule, ArrayOp.TriangularSolve op, Shape a, Shape b) {
    for (int d = 0; d < a.rank() - 2; d++) {
      int f = rule.pass(a.dim(d));
      rule.operand(0, d, f).operand(1, d, f).result(d, f);
    }
    int sides = b.rank() - (op.leftSide() ? 1 : 2);
    int f = rule.pass(b.dim(sides));
    rule.operand(1, sides, f).result(sides, f);
  }
}
