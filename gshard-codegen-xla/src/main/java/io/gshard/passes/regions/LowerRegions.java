package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.passes.LowerScans;
import io.gshard.passes.OpRewrite;
import java.util.List;

/**
 * Writes in ops that the Java back end has: reductions, windows and scatters with computations of
 * their own, sorts, top-k, convolutions, Fourier transforms, triangular matrices, random numbers,
 * and all ops on complex numbers. A fold's computation is taken to be associative, as HLO says. Ops
 * whose computations do more than elementwise work stay as they are.
 */
public final class LowerRegions {
  private LowerRegions() {}

  /** The module in simpler ops. */
  public static HloModule run(HloModule module) {
    HloModule simple =
        OpRewrite.run(
            module,
            LowerRegions::isLowered,
            (emitter, instruction, operands) -> {
              Arrays arrays = new Arrays(emitter);
              List<Instruction> results =
                  Products.isOne(instruction)
                      ? List.of(
                          new Products(arrays, module.mesh()).fold(instruction.op(), operands))
                      : lowered(arrays, instruction, operands);
              return instruction.type() instanceof Type.Tuple
                  ? arrays.tuple(results)
                  : results.getFirst();
            });
    return Pairs.run(LowerScans.run(simple));
  }

  private static boolean isLowered(Instruction instruction) {
    return switch (instruction.op()) {
      case HloOp.ReduceRegion r -> Arrays.isElementwise(r.computation());
      case ArrayOp.ReduceWindow r -> Arrays.isElementwise(r.computation());
      case ArrayOp.SelectAndScatter s ->
          Arrays.isElementwise(s.select())
              && (s.scatter().combiner() != null || Arrays.isElementwise(s.scatter()));
      case ArrayOp.ScatterRegion s -> Arrays.isElementwise(s.computation());
      case ArrayOp.RngBitGenerator r -> RandomWords.isKnown(r);
      case ArrayOp.Rng r -> true;
      case ArrayOp.Cholesky c -> true;
      case ArrayOp.TriangularSolve t -> true;
      case ArrayOp.Fft f -> true;
      case ArrayOp.Real r -> instruction.operand(0).shape().type().isFloating();
      case ArrayOp.Imag i -> instruction.operand(0).shape().type().isFloating();
      case HloOp.Sort s -> Arrays.isElementwise(s.comparator());
      case ArrayOp.Map m -> Arrays.isElementwise(m.computation());
      case ArrayOp.CompareTotal c -> true;
      case ArrayOp.TopK t -> true;
      case ArrayOp.ReducePrecision r -> true;
      case ArrayOp.Convolution c -> true;
      default -> Products.isOne(instruction);
    };
  }

  private static List<Instruction> lowered(
      Arrays arrays, Instruction instruction, List<Instruction> operands) {
    return switch (instruction.op()) {
      case HloOp.ReduceRegion r -> new Folds(arrays).reduce(r, operands);
      case ArrayOp.ReduceWindow r -> new Folds(arrays).window(r, operands);
      case ArrayOp.SelectAndScatter s -> List.of(new Folds(arrays).selectAndScatter(s, operands));
      case ArrayOp.ScatterRegion s -> Scattering.scatter(arrays, s, operands);
      case ArrayOp.RngBitGenerator r -> RandomWords.generate(arrays, r, operands.getFirst());
      case ArrayOp.Rng r -> List.of(Drawing.draw(arrays, r, operands.get(0), operands.get(1)));
      case ArrayOp.Cholesky c -> List.of(new Triangles(arrays).cholesky(c, operands.getFirst()));
      case ArrayOp.TriangularSolve t ->
          List.of(new Triangles(arrays).solve(t, operands.get(0), operands.get(1)));
      case ArrayOp.Fft f -> List.of(new Transforms(arrays, f).transform(operands.getFirst()));
      case ArrayOp.Real r -> operands;
      case ArrayOp.Imag i -> List.of(arrays.filled(operands.getFirst().shape(), 0));
      case HloOp.Sort s -> new Sorting(arrays).sort(s, operands);
      case ArrayOp.TopK t -> new Sorting(arrays).top(t, operands.getFirst());
      case ArrayOp.ReducePrecision r -> List.of(Rounding.reduce(arrays, r, operands.getFirst()));
      case ArrayOp.Map m -> arrays.apply(m.computation(), operands);
      case ArrayOp.CompareTotal c ->
          List.of(
              arrays.compare(
                  c.direction(), arrays.ordered(operands.get(0)), arrays.ordered(operands.get(1))));
      case ArrayOp.Convolution c ->
          List.of(
              new Convolving(arrays)
                  .convolve(c, operands.get(0), operands.get(1), instruction.shape().type()));
      default -> throw new IllegalStateException(instruction + " is not lowered");
    };
  }
}
