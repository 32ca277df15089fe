package io.gshard.sharding;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Window;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table: one rule for each op on arrays. */
public final class OpRules {
  private OpRules() {}

  /** Custom-call target of a user's annotation. */
  public static final String SHARDING = "Sharding";

  /** Whether the instruction is a user's annotation. */
  public static boolean isAnnotation(Instruction instruction) {
    return instruction.op() instanceof HloOp.CustomCall call && call.target().equals(SHARDING);
  }

  private static final Pattern UNSPECIFIED = Pattern.compile("unspecified_dims=\\[([0-9, ]*)\\]");

  /** The dims that an annotation leaves open, as XLA writes it: unspecified_dims=[0,1]. */
  public static List<Integer> unspecifiedDims(Instruction instruction) {
    List<Integer> dims = new ArrayList<>();
    if (instruction.op() instanceof HloOp.CustomCall call) {
      Matcher matcher = UNSPECIFIED.matcher(call.config());
      if (matcher.find()) {
        for (String dim : matcher.group(1).split("[, ]+")) {
          if (dim.matches("[0-9]{1,3}")) {
            dims.add(Integer.parseInt(dim));
          }
        }
      }
    }
    return dims;
  }

  /**
   * Whether a value is made anew in any sharding rather than sent: a constant, a count, a scalar in
   * every place. Each of its users may split it differently.
   */
  public static boolean isFree(Instruction value) {
    return switch (value.op()) {
      case Op.Constant c -> true;
      case Op.Iota i -> true;
      case Op.Broadcast b -> value.operand(0).shape().isScalar();
      default -> false;
    };
  }

  /**
   * Whether the op makes each element of its result from elements of its operands that are found
   * without counting: what a device does then does not depend on where in the mesh it stands.
   */
  public static boolean isPlain(Op op) {
    return switch (op) {
      case Op.Unary u -> true;
      case Op.Binary b -> true;
      case Op.Compare c -> true;
      case Op.Select s -> true;
      case Op.Clamp c -> true;
      case Op.Convert c -> true;
      case Op.BitcastConvert c -> true;
      case Op.Transpose t -> true;
      case Op.Broadcast b -> true;
      default -> false;
    };
  }

  /**
   * The rule of an instruction on arrays.
   *
   * @throws IllegalArgumentException for flow and for collectives, which a global program does not
   *     have
   */
  public static OpRule of(Instruction instruction) {
    List<Shape> operands = instruction.operands().stream().map(Instruction::shape).toList();
    List<Shape> results = instruction.type().leaves();
    RuleBuilder rule = new RuleBuilder(operands, results);
    switch (instruction.op()) {
      case Op.Constant c -> resultOnly(rule, results.getFirst());
      case Op.Iota i -> resultOnly(rule, results.getFirst());
      case Op.PartitionId p -> {}
      // In manual regions; what splits their operands are other axes than their own.
      case Op.AllGather g -> same(rule, operands, results, d -> d != g.dimension());
      case Op.ReduceScatter s -> same(rule, operands, results, d -> d != s.dimension());
      case Op.AllToAll a ->
          same(rule, operands, results, d -> d != a.splitDimension() && d != a.concatDimension());
      case Op.Collective c -> same(rule, operands, results, d -> true);
      case Op.Unary u -> same(rule, operands, results, d -> true);
      case Op.Binary b -> same(rule, operands, results, d -> true);
      case Op.Compare c -> same(rule, operands, results, d -> true);
      case Op.Select s -> same(rule, operands, results, d -> true);
      case Op.Clamp c -> same(rule, operands, results, d -> true);
      case Op.Convert c -> same(rule, operands, results, d -> true);
      case Op.BitcastConvert c -> same(rule, operands, results, d -> true);
      case Op.StopGradient s -> same(rule, operands, results, d -> true);
      case Op.OptimizationBarrier o -> same(rule, operands, results, d -> true);
      case Op.Broadcast b -> broadcast(rule, b, results.getFirst());
      case Op.Reshape r -> ReshapeFactors.add(rule, operands.getFirst(), results.getFirst());
      case Op.Transpose t -> {
        for (int d = 0; d < t.permutation().size(); d++) {
          int f = rule.pass(results.getFirst().dim(d));
          rule.operand(0, t.permutation().get(d), f).result(d, f);
        }
      }
      case Op.Reverse r -> WindowRules.along(rule, r.dimensions(), results.getFirst());
      case Op.Slice s -> WindowRules.slice(rule, s, operands.getFirst(), results.getFirst());
      case Op.Pad p -> WindowRules.pad(rule, p, operands.getFirst(), results.getFirst());
      case Op.Concatenate c -> WindowRules.concatenate(rule, c, operands, results.getFirst());
      case Op.DynamicSlice s -> IndexedRules.dynamicSlice(rule, s, operands.getFirst());
      case Op.DynamicUpdateSlice s ->
          IndexedRules.dynamicUpdateSlice(rule, operands.get(0), operands.get(1));
      case Op.Dot d -> dot(rule, d, operands);
      case Op.Reduce r -> reduce(rule, operands, results, r.dimensions(), OpRule.Kind.REDUCTION);
      case Op.Cumulative c -> WindowRules.along(rule, List.of(c.dimension()), results.getFirst());
      case Op.Gather g -> IndexedRules.gather(rule, g, operands, results.getFirst());
      case Op.Scatter s -> IndexedRules.scatter(rule, s, s.combiner() != null, operands);
      case ArrayOp.ScatterRegion s -> IndexedRules.scatter(rule, s.dims(), false, operands);
      case HloOp.ReduceRegion r ->
          reduce(
              rule,
              operands,
              results,
              r.dimensions(),
              Starts.mayBeTakenAgain(r, instruction.operands())
                  ? OpRule.Kind.REDUCTION
                  : OpRule.Kind.NEED_REPLICATION);
      case HloOp.Sort s -> same(rule, operands, results, d -> d != s.dimension());
      case HloOp.CustomCall c -> {
        if (c.target().equals(SHARDING) || c.elementwise()) {
          same(rule, operands, results, d -> true);
        } else if (ManualRegions.enters(instruction) || ManualRegions.leaves(instruction)) {
          ManualRegions.rule(rule, instruction);
        }
      }
      case ArrayOp.ReduceWindow r -> WindowRules.reduceWindow(rule, r, operands, results);
      case ArrayOp.SelectAndScatter c ->
          WindowRules.selectAndScatter(rule, c, operands.get(0), operands.get(1));
      case ArrayOp.Convolution c ->
          WindowRules.convolution(rule, c, operands.get(0), operands.get(1), results.getFirst());
      case ArrayOp.TopK t -> LinearRules.topK(rule, operands.getFirst());
      case ArrayOp.Fft f -> LinearRules.fft(rule, f, operands.getFirst());
      case ArrayOp.Cholesky c -> LinearRules.cholesky(rule, operands.getFirst());
      case ArrayOp.TriangularSolve t ->
          LinearRules.triangularSolve(rule, t, operands.get(0), operands.get(1));
      case ArrayOp.CompareTotal c -> same(rule, operands, results, d -> true);
      case ArrayOp.Map m -> same(rule, operands, results, d -> true);
      case ArrayOp.ReducePrecision r -> same(rule, operands, results, d -> true);
      case ArrayOp.Complex c -> same(rule, operands, results, d -> true);
      case ArrayOp.Real r -> same(rule, operands, results, d -> true);
      case ArrayOp.Imag i -> same(rule, operands, results, d -> true);
      case ArrayOp.Rng r -> resultOnly(rule, results.getFirst());
      // What has no rule of its own is computed whole.
      case ArrayOp a -> {}
      default ->
          throw new IllegalArgumentException(
              "%s of %s has no sharding rule: it does not belong in a global program"
                  .formatted(ShapeInference.name(instruction.op()), instruction.name()));
    }
    return rule.build();
  }

  /**
   * Whether a split of a convolution's spatial dim splits the window, so that each device has a
   * part of every sum, and not the window's places.
   */
  public static boolean sumsOverWindow(Window.Dim window, long places) {
    return WindowRules.summedOver(window, places);
  }

  /** The rule of a copy: what flow edges use. */
  static OpRule identity(Shape shape) {
    RuleBuilder rule = new RuleBuilder(List.of(shape), List.of(shape));
    same(rule, List.of(shape), List.of(shape), d -> true);
    return rule.build();
  }

  private static void resultOnly(RuleBuilder rule, Shape result) {
    for (int d = 0; d < result.rank(); d++) {
      rule.result(d, rule.pass(result.dim(d)));
    }
  }

  /** Operands of the result's rank have the result's factors; others (scalars) have no dims. */
  private static void same(
      RuleBuilder rule, List<Shape> operands, List<Shape> results, IntPredicate passes) {
    int rank = results.getFirst().rank();
    for (int d = 0; d < rank; d++) {
      if (!passes.test(d)) {
        continue;
      }
      int f = rule.pass(results.getFirst().dim(d));
      for (int o = 0; o < operands.size(); o++) {
        if (operands.get(o).rank() == rank) {
          rule.operand(o, d, f);
        }
      }
      for (int r = 0; r < results.size(); r++) {
        rule.result(r, d, f);
      }
    }
  }

  private static void broadcast(RuleBuilder rule, Op.Broadcast b, Shape result) {
    for (int d = 0; d < result.rank(); d++) {
      int f = rule.pass(result.dim(d));
      rule.result(d, f);
      int from = b.dimensions().indexOf(d);
      if (from >= 0) {
        rule.operand(0, from, f);
      }
    }
  }

  private static void dot(RuleBuilder rule, Op.Dot d, List<Shape> operands) {
    Shape lhs = operands.get(0);
    Shape rhs = operands.get(1);
    int next = 0;
    for (int i = 0; i < d.lhsBatch().size(); i++) {
      int f = rule.pass(lhs.dim(d.lhsBatch().get(i)));
      rule.operand(0, d.lhsBatch().get(i), f).operand(1, d.rhsBatch().get(i), f).result(next++, f);
    }
    for (int i : Op.Dot.free(lhs.rank(), d.lhsBatch(), d.lhsContracting())) {
      int f = rule.pass(lhs.dim(i));
      rule.operand(0, i, f).result(next++, f);
    }
    for (int i : Op.Dot.free(rhs.rank(), d.rhsBatch(), d.rhsContracting())) {
      int f = rule.pass(rhs.dim(i));
      rule.operand(1, i, f).result(next++, f);
    }
    for (int i = 0; i < d.lhsContracting().size(); i++) {
      int f = rule.factor(lhs.dim(d.lhsContracting().get(i)), OpRule.Kind.REDUCTION);
      rule.operand(0, d.lhsContracting().get(i), f).operand(1, d.rhsContracting().get(i), f);
    }
  }

  private static void reduce(
      RuleBuilder rule,
      List<Shape> operands,
      List<Shape> results,
      List<Integer> dimensions,
      OpRule.Kind kind) {
    List<Integer> arrays = new ArrayList<>();
    for (int o = 0; o < results.size(); o++) {
      arrays.add(o);
    }
    Shape x = operands.getFirst();
    int next = 0;
    for (int d = 0; d < x.rank(); d++) {
      boolean gone = dimensions.contains(d);
      int f = rule.factor(x.dim(d), gone ? kind : OpRule.Kind.PASS_THROUGH);
      for (int o : arrays) {
        rule.operand(o, d, f);
        if (!gone) {
          rule.result(o, next, f);
        }
      }
      next += gone ? 0 : 1;
    }
  }
}
