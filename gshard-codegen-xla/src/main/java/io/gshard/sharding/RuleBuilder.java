package io.gshard.sharding;

import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Collects an op's factors. A dim that none is bound to needs replication. */
final class RuleBuilder {
  private final List<Shape> operands;
  private final List<Shape> results;
  private final List<OpRule.Factor> factors = new ArrayList<>();
  private final List<List<List<Integer>>> operandDims;
  private final List<List<List<Integer>>> resultDims;

  RuleBuilder(List<Shape> operands, List<Shape> results) {
    this.operands = operands;
    this.results = results;
    this.operandDims = empty(operands);
    this.resultDims = empty(results);
  }

  private static List<List<List<Integer>>> empty(List<Shape> shapes) {
    List<List<List<Integer>>> all = new ArrayList<>();
    for (Shape shape : shapes) {
      List<List<Integer>> dims = new ArrayList<>();
      for (int i = 0; i < shape.rank(); i++) {
        dims.add(new ArrayList<>());
      }
      all.add(dims);
    }
    return all;
  }

  int factor(long size, OpRule.Kind kind) {
    factors.add(new OpRule.Factor(size, kind));
    return factors.size() - 1;
  }

  int pass(long size) {
    return factor(size, OpRule.Kind.PASS_THROUGH);
  }

  RuleBuilder operand(int operand, int dim, int factor) {
    operandDims.get(operand).get(dim).add(factor);
    return this;
  }

  RuleBuilder result(int dim, int factor) {
    return result(0, dim, factor);
  }

  RuleBuilder result(int result, int dim, int factor) {
    resultDims.get(result).get(dim).add(factor);
    return this;
  }

  OpRule build() {
    fill(operands, operandDims);
    fill(results, resultDims);
    List<List<List<Integer>>> tensors = new ArrayList<>(operandDims);
    tensors.addAll(resultDims);
    return new OpRule(factors, tensors, operandDims.size());
  }

  private void fill(List<Shape> shapes, List<List<List<Integer>>> tensors) {
    for (int t = 0; t < tensors.size(); t++) {
      for (int d = 0; d < tensors.get(t).size(); d++) {
        if (tensors.get(t).get(d).isEmpty()) {
          tensors.get(t).get(d).add(factor(shapes.get(t).dim(d), OpRule.Kind.NEED_REPLICATION));
        }
      }
    }
  }
}
