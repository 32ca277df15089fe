package io.gshard.tensor;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A parsed einsum of one or two operands, written as reduce, dot and transpose. */
record Einsum(String spec, List<String> inputs, String output) {

  static Einsum parse(String spec) {
    String[] sides = spec.replace(" ", "").split("->", -1);
    if (sides.length != 2
        || !sides[0].matches("[A-Za-z]*(,[A-Za-z]*)?")
        || !sides[1].matches("[A-Za-z]*")) {
      throw new ShapeException(
          "einsum \"%s\": expected letters as in \"GSM,ME->GSE\", one or two operands"
              .formatted(spec));
    }
    List<String> inputs = List.of(sides[0].split(",", -1));
    for (String term : inputs) {
      distinct(spec, term);
    }
    distinct(spec, sides[1]);
    for (char letter : sides[1].toCharArray()) {
      if (sides[0].indexOf(letter) < 0) {
        throw new ShapeException(
            "einsum \"%s\": letter %c of the result is in no operand".formatted(spec, letter));
      }
    }
    return new Einsum(spec, inputs, sides[1]);
  }

  private static void distinct(String spec, String term) {
    if (term.chars().distinct().count() != term.length()) {
      throw new ShapeException(
          "einsum \"%s\": a letter stands twice in %s; diagonals are not supported"
              .formatted(spec, term));
    }
  }

  Tensor apply(Tensor... operands) {
    if (operands.length != inputs.size()) {
      throw new ShapeException(
          "einsum \"%s\" has %d operands, found %d"
              .formatted(spec, inputs.size(), operands.length));
    }
    for (int i = 0; i < operands.length; i++) {
      if (operands[i].rank() != inputs.get(i).length()) {
        throw new ShapeException(
            "einsum \"%s\": %s names %d dims, the operand is %s"
                .formatted(spec, inputs.get(i), inputs.get(i).length(), operands[i].shape()));
      }
    }
    String lhs = inputs.getFirst();
    if (operands.length == 1) {
      return arrange(sumOut(lhs, "", operands[0]), keep(lhs, output), output);
    }
    String rhs = inputs.get(1);
    for (int i = 0; i < lhs.length(); i++) {
      char letter = lhs.charAt(i);
      int there = rhs.indexOf(letter);
      long here = operands[0].dim(i);
      if (there >= 0 && operands[1].dim(there) != here) {
        throw new ShapeException(
            "einsum \"%s\" of %s and %s: %c is %d in the first and %d in the second"
                .formatted(
                    spec,
                    operands[0].shape(),
                    operands[1].shape(),
                    letter,
                    here,
                    operands[1].dim(there)));
      }
    }
    Tensor x = sumOut(lhs, rhs, operands[0]);
    Tensor y = sumOut(rhs, lhs, operands[1]);
    lhs = keep(lhs, rhs + output);
    rhs = keep(rhs, inputs.getFirst() + output);
    List<Integer> lhsBatch = new ArrayList<>();
    List<Integer> rhsBatch = new ArrayList<>();
    List<Integer> lhsContracting = new ArrayList<>();
    List<Integer> rhsContracting = new ArrayList<>();
    for (int i = 0; i < lhs.length(); i++) {
      char letter = lhs.charAt(i);
      int there = rhs.indexOf(letter);
      if (there >= 0) {
        boolean batch = output.indexOf(letter) >= 0;
        (batch ? lhsBatch : lhsContracting).add(i);
        (batch ? rhsBatch : rhsContracting).add(there);
      }
    }
    Tensor product =
        Ops.apply(new Op.Dot(lhsBatch, rhsBatch, lhsContracting, rhsContracting, null), x, y);
    String letters = letters(lhs, lhsBatch);
    letters += letters(lhs, Op.Dot.free(lhs.length(), lhsBatch, lhsContracting));
    letters += letters(rhs, Op.Dot.free(rhs.length(), rhsBatch, rhsContracting));
    return arrange(product, letters, output);
  }

  /** Sums away the letters that neither the other operand nor the result has. */
  private Tensor sumOut(String term, String other, Tensor x) {
    int[] gone =
        term.chars()
            .filter(c -> other.indexOf(c) < 0 && output.indexOf(c) < 0)
            .map(term::indexOf)
            .toArray();
    return gone.length == 0 ? x : Ops.reduce(Combiner.ADD, x, gone);
  }

  private static String keep(String term, String wanted) {
    return term.chars()
        .filter(c -> wanted.indexOf(c) >= 0)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String letters(String term, List<Integer> dims) {
    return dims.stream().map(i -> term.substring(i, i + 1)).collect(Collectors.joining());
  }

  private static Tensor arrange(Tensor x, String from, String to) {
    return from.equals(to) ? x : Ops.transpose(x, to.chars().map(from::indexOf).toArray());
  }
}
