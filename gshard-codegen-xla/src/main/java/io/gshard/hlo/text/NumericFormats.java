package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Formats of transforms, factorisations, random numbers and complex numbers. */
final class NumericFormats {
  static final List<OpFormat<?>> ALL =
      List.of(
          OpFormat.of(
              "map",
              ArrayOp.Map.class,
              (op, out) -> {
                out.list("dimensions", dims(out.instruction().shape().rank()));
                out.computation("to_apply", op.computation());
              },
              in -> {
                in.integers("dimensions");
                return new ArrayOp.Map(in.computation("to_apply"));
              }),
          OpFormat.of(
              "topk",
              ArrayOp.TopK.class,
              (op, out) -> {
                out.attribute("k", op.k());
                out.attribute("largest", op.largest());
              },
              in ->
                  new ArrayOp.TopK(
                      in.attribute("k", Cursor::number),
                      in.attribute("largest", true, Cursor::truth))),
          OpFormat.of(
              "fft",
              ArrayOp.Fft.class,
              (op, out) -> {
                out.attribute("fft_type", op.kind());
                out.list("fft_length", op.lengths());
              },
              in ->
                  new ArrayOp.Fft(
                      in.attribute("fft_type", one(ArrayOp.FftKind.values())),
                      in.numbers("fft_length"))),
          OpFormat.of(
              "cholesky",
              ArrayOp.Cholesky.class,
              (op, out) -> out.attribute("lower", op.lower()),
              in -> new ArrayOp.Cholesky(in.attribute("lower", false, Cursor::truth))),
          OpFormat.of(
              "triangular-solve",
              ArrayOp.TriangularSolve.class,
              (op, out) -> {
                out.attribute("left_side", op.leftSide());
                out.attribute("lower", op.lower());
                out.attribute("unit_diagonal", op.unitDiagonal());
                out.attribute("transpose_a", op.transposeA());
              },
              in ->
                  new ArrayOp.TriangularSolve(
                      in.attribute("left_side", false, Cursor::truth),
                      in.attribute("lower", false, Cursor::truth),
                      in.attribute("unit_diagonal", false, Cursor::truth),
                      in.attribute(
                          "transpose_a",
                          ArrayOp.Transposition.NO_TRANSPOSE,
                          one(ArrayOp.Transposition.values())))),
          OpFormat.of(
              "rng",
              ArrayOp.Rng.class,
              (op, out) ->
                  out.attribute(
                      "distribution", op.distribution().name().toLowerCase(java.util.Locale.ROOT)),
              in ->
                  new ArrayOp.Rng(
                      in.shape(),
                      in.attribute("distribution", one(ArrayOp.Distribution.values())))),
          OpFormat.of(
              "rng-bit-generator",
              ArrayOp.RngBitGenerator.class,
              (op, out) -> out.attribute("algorithm", op.algorithm()),
              in ->
                  new ArrayOp.RngBitGenerator(
                      in.attribute("algorithm", "rng_default", Cursor::name), in.type())),
          OpFormat.of(
              "reduce-precision",
              ArrayOp.ReducePrecision.class,
              (op, out) -> {
                out.attribute("exponent_bits", op.exponentBits());
                out.attribute("mantissa_bits", op.mantissaBits());
              },
              in ->
                  new ArrayOp.ReducePrecision(
                      in.number("exponent_bits"), in.number("mantissa_bits"))),
          OpFormat.plain("complex", ArrayOp.Complex.class, new ArrayOp.Complex()),
          OpFormat.plain("real", ArrayOp.Real.class, new ArrayOp.Real()),
          OpFormat.plain("imag", ArrayOp.Imag.class, new ArrayOp.Imag()));

  private NumericFormats() {}

  private static List<Integer> dims(int rank) {
    return java.util.stream.IntStream.range(0, rank).boxed().toList();
  }

  /** One of some words, in any case. */
  private static <T extends Enum<T>> Function<Cursor, T> one(T[] values) {
    return text -> {
      String word = text.name();
      return Arrays.stream(values)
          .filter(v -> v.name().equalsIgnoreCase(word))
          .findFirst()
          .orElseThrow(
              () -> text.error("'%s', expected one of %s".formatted(word, List.of(values))));
    };
  }
}
