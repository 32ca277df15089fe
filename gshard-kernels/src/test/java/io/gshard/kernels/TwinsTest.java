package io.gshard.kernels;

import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every loop by the Vector API against its scalar twin: awkward sizes, unaligned offsets, special
 * values.
 */
class TwinsTest {
  private static final int[] SIZES = {0, 1, 13, 207, 4098};
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    0.5f,
    1.5f,
    2.5f,
    -2.5f,
    1e-8f,
    88.5f,
    -87f,
    3e9f,
    -3e9f
  };
  private static final int[] SPECIAL_INTS = {
    0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 31, 32, 33, 1 << 24, (1 << 24) + 1
  };
  private static final Set<String> ROUNDED =
      Set.of(
          "exponential",
          "exponentialMinusOne",
          "log",
          "logPlusOne",
          "rsqrt",
          "tanh",
          "logistic",
          "erf",
          "sine",
          "cosine",
          "power");

  static Stream<Arguments> loops() {
    return Stream.of(
            new Object[] {new FloatLoops(), new VectorFloatLoops()},
            new Object[] {new IntLoops(), new VectorIntLoops()},
            new Object[] {new CompareLoops(), new VectorCompareLoops()},
            new Object[] {new SelectLoops(), new VectorSelectLoops()},
            new Object[] {new ConvertLoops(), new VectorConvertLoops()})
        .flatMap(
            pair ->
                Stream.of(pair[1].getClass().getDeclaredMethods())
                    .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isSynthetic())
                    .map(m -> Arguments.of(m.getName() + types(m), pair[0], pair[1], m)));
  }

  private static String types(Method m) {
    StringBuilder text = new StringBuilder();
    for (Class<?> type : m.getParameterTypes()) {
      text.append(' ').append(type.getSimpleName());
    }
    return text.toString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("loops")
  void vectorEqualsScalar(String name, Object scalar, Object vector, Method method)
      throws Exception {
    assumeTrue(Providers.VECTOR && Species.haveBytes());
    Method twin = scalar.getClass().getDeclaredMethod(method.getName(), method.getParameterTypes());
    for (int n : SIZES) {
      long seed = 31L * n + name.hashCode();
      Object[] one = arguments(method, n, new Random(seed));
      Object[] two = arguments(method, n, new Random(seed));
      twin.invoke(scalar, one);
      method.invoke(vector, two);
      Object expected = one[one.length - 3];
      Object found = two[two.length - 3];
      for (int i = 0; i < Array.getLength(expected); i++) {
        double e = ((Number) Array.get(expected, i)).doubleValue();
        double f = ((Number) Array.get(found, i)).doubleValue();
        boolean same = Double.compare(e, f) == 0;
        if (ROUNDED.contains(method.getName())) {
          // Denormal results may be flushed to zero; powers of large bases lose a little more.
          same |= Math.abs(e - f) <= 1e-6 * Math.abs(e) + 1.2e-38;
        }
        assertWithMessage("%s n=%s seed=%s at %s: %s, twin %s", name, n, seed, i, f, e)
            .that(same)
            .isTrue();
      }
    }
  }

  /** Arrays at odd offsets; the result's array has room around it that must stay untouched. */
  private static Object[] arguments(Method method, int n, Random random) {
    Parameter[] parameters = method.getParameters();
    Object[] arguments = new Object[parameters.length];
    boolean wide = ROUNDED.contains(method.getName()) && !method.getName().equals("power");
    boolean trigonometric = method.getName().matches("sine|cosine");
    for (int i = 0; i < parameters.length; i++) {
      Class<?> type = parameters[i].getType();
      boolean last = i == parameters.length - 1;
      boolean offset = !last && i > 0 && type == int.class && parameters[i - 1].getType().isArray();
      if (last) {
        arguments[i] = n;
      } else if (offset) {
        arguments[i] = 3 + i;
      } else if (type.isArray()) {
        arguments[i] = array(type.getComponentType(), n + 20, random, trigonometric);
      } else if (type == float.class) {
        arguments[i] = wide ? 0.75f : 1.5f;
      } else if (type == int.class) {
        arguments[i] = i == 0 ? -5 : 7;
      } else if (type == short.class) {
        arguments[i] = (short) 0x3f80;
      } else {
        arguments[i] = (byte) 1;
      }
    }
    return arguments;
  }

  private static Object array(Class<?> type, int n, Random random, boolean small) {
    Object result = Array.newInstance(type, n);
    for (int i = 0; i < n; i++) {
      switch (result) {
        case float[] x ->
            x[i] =
                random.nextInt(4) == 0 && !small
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : (float) random.nextGaussian() * 3;
        case int[] x ->
            x[i] =
                random.nextInt(4) == 0
                    ? SPECIAL_INTS[random.nextInt(SPECIAL_INTS.length)]
                    : random.nextInt();
        case short[] x -> x[i] = (short) random.nextInt();
        case byte[] x -> x[i] = (byte) random.nextInt(2);
        default -> throw new IllegalArgumentException(type.toString());
      }
    }
    return result;
  }
}
