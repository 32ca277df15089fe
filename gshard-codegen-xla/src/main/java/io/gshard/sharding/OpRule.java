package io.gshard.sharding;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an op does to its dims, as an einsum says it with letters: the op walks a space of
 * <em>factors</em>, and each dim of each operand and result is made of some of them, major first.
 * The one table that propagation and partitioning both read.
 *
 * <p>A matrix product is {@code ([i,k],[k,j])->([i,j]) {i=8,j=16,k=32} reduction={k}}; a reshape of
 * [8,128] to [16,64] is {@code ([i,jk])->([ij,k]) {i=8,j=2,k=64}}.
 *
 * @param tensors for each array operand, then for each array of the result, for each dim, the
 *     numbers of its factors
 * @param operandCount how many of the tensors are operands
 */
public record OpRule(List<Factor> factors, List<List<List<Integer>>> tensors, int operandCount) {

  /** What a split of a factor means for the op. */
  public enum Kind {
    /** Each part is computed from the same part of the operands. */
    PASS_THROUGH,
    /** Each part gives a partial result; the parts' results are folded. */
    REDUCTION,
    /** Parts need elements of their neighbours (halo). */
    PERMUTATION,
    /** The op must see the whole of it. */
    NEED_REPLICATION
  }

  /** One letter: how far it runs, and what a split of it means. */
  public record Factor(long size, Kind kind) {
    /** Whether devices can each take a part of it. */
    public boolean isSplittable() {
      return kind != Kind.NEED_REPLICATION;
    }
  }

  public OpRule {
    factors = List.copyOf(factors);
    tensors = List.copyOf(tensors);
  }

  public List<List<List<Integer>>> operands() {
    return tensors.subList(0, operandCount);
  }

  public List<List<List<Integer>>> results() {
    return tensors.subList(operandCount, tensors.size());
  }

  @Override
  public String toString() {
    return side(operands())
        + "->"
        + side(results())
        + IntStream.range(0, factors.size())
            .mapToObj(i -> letter(i) + "=" + factors.get(i).size())
            .collect(Collectors.joining(",", " {", "}"))
        + of(Kind.REDUCTION, " reduction=")
        + of(Kind.PERMUTATION, " permutation=")
        + of(Kind.NEED_REPLICATION, " need_replication=");
  }

  private String of(Kind kind, String label) {
    String letters =
        IntStream.range(0, factors.size())
            .filter(i -> factors.get(i).kind() == kind)
            .mapToObj(OpRule::letter)
            .collect(Collectors.joining(","));
    return letters.isEmpty() ? "" : label + "{" + letters + "}";
  }

  private static String side(List<List<List<Integer>>> tensors) {
    return tensors.stream()
        .map(
            dims ->
                dims.stream()
                    .map(fs -> fs.stream().map(OpRule::letter).collect(Collectors.joining()))
                    .collect(Collectors.joining(",", "[", "]")))
        .collect(Collectors.joining(",", "(", ")"));
  }

  private static String letter(int factor) {
    return factor < 18 ? String.valueOf((char) ('i' + factor)) : "z_" + (factor - 18);
  }
}
