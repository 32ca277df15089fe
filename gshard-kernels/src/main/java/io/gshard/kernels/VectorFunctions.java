package io.gshard.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of f32 vectors that the Vector API has not, or not fast; within 1e-6 of the truth,
 * relative.
 */
final class VectorFunctions {
  private VectorFunctions() {}

  /** Beyond this tanh is 1 in f32. */
  private static final float TANH_LIMIT = 7.998811f;

  private static final float ERF_LIMIT = 4f;

  static FloatVector logistic(FloatVector x) {
    FloatVector one = FloatVector.broadcast(x.species(), 1f);
    return one.div(x.neg().lanewise(VectorOperators.EXP).add(one));
  }

  /**
   * Eigen's rational approximation: odd over even polynomials, no division by small numbers near 0.
   */
  static FloatVector tanh(FloatVector x) {
    FloatVector c = x.min(TANH_LIMIT).max(-TANH_LIMIT);
    FloatVector s = c.mul(c);
    FloatVector p = constant(x, -2.76076847742355e-16f);
    p = p.fma(s, constant(x, 2.00018790482477e-13f));
    p = p.fma(s, constant(x, -8.60467152213735e-11f));
    p = p.fma(s, constant(x, 5.12229709037114e-08f));
    p = p.fma(s, constant(x, 1.48572235717979e-05f));
    p = p.fma(s, constant(x, 6.37261928875436e-04f));
    p = p.fma(s, constant(x, 4.89352455891786e-03f));
    FloatVector q = constant(x, 1.19825839466702e-06f);
    q = q.fma(s, constant(x, 1.18534705686654e-04f));
    q = q.fma(s, constant(x, 2.26843463243900e-03f));
    q = q.fma(s, constant(x, 4.89352518554385e-03f));
    return c.mul(p).div(q);
  }

  /** Eigen's rational approximation, as {@link Scalars#erf}. */
  static FloatVector erf(FloatVector x) {
    FloatVector c = x.min(ERF_LIMIT).max(-ERF_LIMIT);
    FloatVector s = c.mul(c);
    FloatVector p = constant(x, -2.72614225801306e-10f);
    p = p.fma(s, constant(x, 2.77068142495902e-08f));
    p = p.fma(s, constant(x, -2.10102402082508e-06f));
    p = p.fma(s, constant(x, -5.69250639462346e-05f));
    p = p.fma(s, constant(x, -7.34990630326855e-04f));
    p = p.fma(s, constant(x, -2.95459980854025e-03f));
    p = p.fma(s, constant(x, -1.60960333262415e-02f));
    FloatVector q = constant(x, -1.45660718464996e-05f);
    q = q.fma(s, constant(x, -2.13374055278905e-04f));
    q = q.fma(s, constant(x, -1.68282697438203e-03f));
    q = q.fma(s, constant(x, -7.37332916720468e-03f));
    q = q.fma(s, constant(x, -1.42647390514189e-02f));
    return c.mul(p).div(q);
  }

  private static FloatVector constant(FloatVector like, float value) {
    return FloatVector.broadcast(like.species(), value);
  }
}
