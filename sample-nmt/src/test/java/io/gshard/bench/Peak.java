package io.gshard.bench;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most f32 operations that a core does: fused multiply-adds of vectors in registers, in as many
 * independent strands as hide their latency: ten were seen to reach 0.88 of what sixteen do on an
 * Intel core with two units of 512 bits.
 */
final class Peak {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Strands and the two factors fit the registers: 32 for vectors of 512 bits, else 16. */
  private static final boolean WIDE = SPECIES.length() == 16;

  private static final int ROUNDS = 200_000;

  /** What was computed, so that it is. */
  private static volatile float sink;

  private Peak() {}

  /** A call of one thread. */
  static Subject subject() {
    double flops = 2.0 * (WIDE ? 16 : 12) * ROUNDS * SPECIES.length();
    float scale = 1 - new Random(1).nextFloat() / 1e6f;
    return new Subject("fma", flops, () -> sink = WIDE ? sixteen(scale) : twelve(scale));
  }

  private static float twelve(float scale) {
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
    FloatVector k = x;
    FloatVector l = x;
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
      k = k.fma(x, y);
      l = l.fma(x, y);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
  }

  private static float sixteen(float scale) {
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
    FloatVector k = x;
    FloatVector l = x;
    FloatVector m = x;
    FloatVector n = x;
    FloatVector o = x;
    FloatVector p = x;
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
      k = k.fma(x, y);
      l = l.fma(x, y);
      m = m.fma(x, y);
      n = n.fma(x, y);
      o = o.fma(x, y);
      p = p.fma(x, y);
    }
    return a.add(b)
        .add(c)
        .add(d)
        .add(e)
        .add(f)
        .add(g)
        .add(h)
        .add(i)
        .add(j)
        .add(k)
        .add(l)
        .add(m)
        .add(n)
        .add(o)
        .add(p)
        .lane(0);
  }
}
