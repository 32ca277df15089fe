package io.gshard.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of f32 vectors, within 1e-6 of the truth, relative. Made of arithmetic alone, so that
 * they give the same bits interpreted and compiled: the Vector API's own functions do not, as the
 * interpreter takes Java's Math and compiled code another library, and a program's results would
 * depend on when HotSpot compiles it.
 *
 * <p>Exponential, logarithm, sine and cosine: reductions and polynomials of Moshier's Cephes.
 */
final class VectorFunctions {
  private VectorFunctions() {}

  /** Beyond this tanh is 1 in f32. */
  private static final float TANH_LIMIT = 7.998811f;

  private static final float ERF_LIMIT = 4f;

  /** Further from 0 the reduction to a quarter of a turn is not exact enough. */
  static final float TURNS_LIMIT = 30_000f;

  /** Added, it leaves a sum's integer part in the last bits of the mantissa: 1.5 * 2^23. */
  private static final float ROUND = 12_582_912f;

  private static final int EXPONENT = 23;

  static FloatVector exp(FloatVector x) {
    FloatVector c = x.min(89f).max(-104f);
    FloatVector rounded = c.fma(constant(x, 1.44269504f), constant(x, ROUND));
    FloatVector n = rounded.sub(ROUND);
    FloatVector r = n.fma(constant(x, -0.693359375f), c);
    r = n.fma(constant(x, 2.12194440e-4f), r);
    FloatVector p = constant(x, 1.9875691500e-4f);
    p = p.fma(r, constant(x, 1.3981999507e-3f));
    p = p.fma(r, constant(x, 8.3334519073e-3f));
    p = p.fma(r, constant(x, 4.1665795894e-2f));
    p = p.fma(r, constant(x, 1.6666665459e-1f));
    p = p.fma(r, constant(x, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r.add(1f));
    // In two steps: 2^n alone may be too large, or too small, for a normal number.
    IntVector power = rounded.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    IntVector half = power.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(power.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, EXPONENT).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p23f), small).reinterpretAsInts();
    // The mantissa in [sqrt(1/2), sqrt(2)), by the bits of sqrt(1/2).
    IntVector shifted = bits.sub(0x3f3504f3);
    IntVector power = shifted.lanewise(VectorOperators.ASHR, EXPONENT);
    FloatVector z =
        bits.sub(power.lanewise(VectorOperators.LSHL, EXPONENT)).reinterpretAsFloats().sub(1f);
    FloatVector e = (FloatVector) power.convert(VectorOperators.I2F, 0);
    e = e.blend(e.sub(23f), small);
    FloatVector p = constant(x, 7.0376836292e-2f);
    p = p.fma(z, constant(x, -1.1514610310e-1f));
    p = p.fma(z, constant(x, 1.1676998740e-1f));
    p = p.fma(z, constant(x, -1.2420140846e-1f));
    p = p.fma(z, constant(x, 1.4249322787e-1f));
    p = p.fma(z, constant(x, -1.6668057665e-1f));
    p = p.fma(z, constant(x, 2.0000714765e-1f));
    p = p.fma(z, constant(x, -2.4999993993e-1f));
    p = p.fma(z, constant(x, 3.3333331174e-1f));
    FloatVector square = z.mul(z);
    FloatVector y = p.mul(square).mul(z);
    y = e.fma(constant(x, -2.12194440e-4f), y);
    y = square.fma(constant(x, -0.5f), y);
    FloatVector result = e.fma(constant(x, 0.693359375f), z.add(y));
    result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    result = result.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
    // Infinity and NaN stay.
    return result.blend(
        x, x.sub(x).compare(VectorOperators.NE, 0f).and(x.compare(VectorOperators.LT, 0f).not()));
  }

  /** Kahan's: what rounding 1 + x lost is made good. */
  static FloatVector logPlusOne(FloatVector x) {
    FloatVector u = x.add(1f);
    FloatVector result = log(u).mul(x.div(u.sub(1f)));
    VectorMask<Float> same =
        u.compare(VectorOperators.EQ, 1f)
            .or(x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    return result.blend(x, same);
  }

  /** Kahan's. */
  static FloatVector expMinusOne(FloatVector x) {
    FloatVector u = exp(x);
    FloatVector rest = u.sub(1f);
    FloatVector result = rest.mul(x.div(log(u)));
    result = result.blend(rest, x.abs().compare(VectorOperators.GT, 17f));
    return result.blend(x, u.compare(VectorOperators.EQ, 1f));
  }

  /** The sine so many quarter turns on, where an element is not beyond {@link #TURNS_LIMIT}. */
  static FloatVector turned(FloatVector x, int quarters) {
    FloatVector rounded = x.fma(constant(x, 0.636619772f), constant(x, ROUND));
    FloatVector n = rounded.sub(ROUND);
    FloatVector r = n.fma(constant(x, -1.5707963705f), x);
    r = n.fma(constant(x, 4.3711388287e-8f), r);
    r = n.fma(constant(x, 1.7151245100e-15f), r);
    FloatVector square = r.mul(r);
    FloatVector sine = constant(x, -1.9515295891e-4f);
    sine = sine.fma(square, constant(x, 8.3321608736e-3f));
    sine = sine.fma(square, constant(x, -1.6666654611e-1f));
    sine = sine.fma(square.mul(r), r);
    FloatVector cosine = constant(x, 2.443315711809948e-5f);
    cosine = cosine.fma(square, constant(x, -1.388731625493765e-3f));
    cosine = cosine.fma(square, constant(x, 4.166664568298827e-2f));
    cosine = cosine.fma(square.mul(square), square.fma(constant(x, -0.5f), constant(x, 1f)));
    IntVector turns = rounded.reinterpretAsInts().add(quarters);
    FloatVector value =
        sine.blend(cosine, turns.and(1).compare(VectorOperators.NE, 0).cast(x.species()));
    return value.blend(value.neg(), turns.and(2).compare(VectorOperators.NE, 0).cast(x.species()));
  }

  static FloatVector logistic(FloatVector x) {
    FloatVector one = FloatVector.broadcast(x.species(), 1f);
    return one.div(exp(x.neg()).add(one));
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
