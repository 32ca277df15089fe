package io.gshard.sharding;

import io.gshard.tensor.Shape;

/**
 * The factors of a reshape: both shapes are walked from the major end, and what the next two dims
 * have in common is a factor of both. [16,64] to [8,128] is 8, 2 and 64. Where sizes share no whole
 * part ([4,9] to [6,6]) the common divisor can still be split; the rest, up to where the two shapes
 * meet again, needs replication. What can be split though its parts do not line up is {@link
 * ReshapeRuns}'s to say.
 */
final class ReshapeFactors {
  private ReshapeFactors() {}

  static void add(RuleBuilder rule, Shape from, Shape to) {
    int i = 0;
    int j = 0;
    long x = 1;
    long y = 1;
    while (true) {
      while (x == 1 && i < from.rank()) {
        x = from.dim(i++);
      }
      while (y == 1 && j < to.rank()) {
        y = to.dim(j++);
      }
      if (x <= 1 || y <= 1) {
        // Both are at their end, or there are no elements at all.
        return;
      }
      long common = gcd(x, y);
      if (common > 1) {
        int f = rule.pass(common);
        rule.operand(0, i - 1, f).result(j - 1, f);
      }
      x /= common;
      y /= common;
      if (x > 1 && y > 1) {
        rule.operand(0, i - 1, rule.factor(x, OpRule.Kind.NEED_REPLICATION));
        rule.result(j - 1, rule.factor(y, OpRule.Kind.NEED_REPLICATION));
        // Skip to where as many elements lie behind in both.
        while (x != y) {
          if (x < y) {
            x *= from.dim(i++);
          } else {
            y *= to.dim(j++);
          }
        }
        x = 1;
        y = 1;
      }
    }
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
