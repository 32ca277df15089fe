package io.gshard.bench;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most f32 operations that a core does: fused multiply-adds of vectors in registers, in as many
 * independent strands as hide their latency.
 */
final class Peak {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int STRANDS = 10;
  private static final int ROUNDS = 200_000;

  /** What was computed, so that it is. */
  private static volatile float sink;

  private Peak() {}

  /** A call of one thread. */
  static Subject subject() {
    double flops = 2.0 * STRANDS * ROUNDS * SPECIES.length();
    float scale = 1 - new Random(1).nextFloat() / 1e6f;
    return new Subject("fma", flops, () -> sink = run(scale));
  }

  private static float run(float scale) {
    FloatVector x = FloatVector.broadcast(SPECIES, scale);
    FloatVector y = FloatVector.broadcast(SPECIES, 1 - scale);
    FloatVector a = x;
    FloatVector b = x;
    FloatVector c = x;
    FloatVector d = x;
    FloatVector e = x;
    FloatVector f = x;
    FloatVector g = x;
    FloatVector h = x;
    FloatVector i = x;
    FloatVector j = x;
    for (int round = 0; round < ROUNDS; round++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
  }
}
