package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.Verifier;
import io.gshard.mesh.MeshShape;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

final class FuseScansTest {
  private static final int LENGTH = 4;
  private static final Shape STACK = Shape.of(DType.F32, LENGTH, 3);
  private static final Shape ROW = Shape.of(DType.F32, 3);

  @Test
  void aLoopOverRowsIsDoneWithTheLoopThatStacksWhatItNeeds() {
    HloModule fused = check(1, (weights, x) -> update(weights, backward(weights, x)));
    Instruction loop = scans(fused).getFirst();
    // The gradients are not stacked, and the weights are read where they are written.
    assertThat(loop.type().leaves()).containsExactly(ROW, STACK).inOrder();
    assertThat(loop.operands().stream().filter(o -> o.type().equals(new Type.Array(STACK))))
        .hasSize(1);
  }

  @Test
  void whatTheRestNeedsIsKept() {
    check(
        1,
        (weights, x) -> {
          List<Tensor> gradients = backward(weights, x);
          List<Tensor> results = new ArrayList<>(update(weights, gradients));
          results.add(gradients.get(1).times(2));
          return results;
        });
  }

  @Test
  void anOperandFromBehindTheFirstLoopIsMovedBeforeIt() {
    check(
        1,
        (weights, x) -> {
          List<Tensor> gradients = backward(weights, x);
          return update(weights.times(0.5), gradients);
        });
  }

  @Test
  void notIfTheUpdateWaitsForTheWholeGradient() {
    check(
        2,
        (weights, x) -> {
          List<Tensor> gradients = backward(weights, x);
          Tensor norm = Ops.sum(Ops.square(gradients.get(1)));
          return update(weights.times(norm), gradients);
        });
    check(
        2,
        (weights, x) ->
            update(weights.plus(Ops.sum(backward(weights, x).getFirst())), backward(weights, x)));
  }

  @Test
  void notIfATurnSeesTheRowsOfOthers() {
    check(
        2,
        (weights, x) ->
            updated(
                weights,
                backward(weights, x),
                (whole, turn) -> Ops.expandDim(Ops.sum(whole, 0), 0)));
  }

  /** What the evaluator gives is the same, and the loops are as many as expected. */
  private static HloModule check(int loops, BiFunction<Tensor, Tensor, List<Tensor>> program) {
    HloModule module =
        Simplify.run(
            Tracer.trace(
                "fuse",
                MeshShape.SINGLE,
                List.of(STACK, ROW),
                a -> program.apply(a.getFirst(), a.get(1))));
    HloModule fused = Simplify.run(FuseScans.run(module));
    Verifier.verify(fused);
    assertThat(scans(fused)).hasSize(loops);
    double[] values = new double[LENGTH * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(i + 1);
    }
    List<Literal> arguments =
        List.of(Literal.ofReals(STACK, values), Literal.ofReals(ROW, 0.5, -1, 2));
    assertThat(Evaluator.run(fused, arguments)).isEqualTo(Evaluator.run(module, arguments));
    assertThat(Evaluator.run(LowerScans.run(fused), arguments))
        .isEqualTo(Evaluator.run(module, arguments));
    return fused;
  }

  private static List<Instruction> scans(HloModule module) {
    return module.entry().instructions().stream()
        .filter(i -> i.op() instanceof HloOp.Scan)
        .toList();
  }

  /** From the last layer to the first: a carry, and for each layer something like a gradient. */
  private static List<Tensor> backward(Tensor weights, Tensor x) {
    Tracer tracer = (Tracer) Engine.current();
    Tracer body = tracer.nested("backward");
    Tensor carry = body.parameter("carry", ROW);
    Tensor weight = body.parameter("weight", ROW);
    List<Tensor> results =
        Engine.with(body, () -> List.of(carry.times(weight), Ops.square(carry).minus(weight)));
    return tracer.applyTuple(
        new HloOp.Scan(body.build(results), LENGTH, 1, 1, true, false),
        Type.tuple(List.of(ROW, STACK)),
        List.of(x, weights));
  }

  private static List<Tensor> update(Tensor weights, List<Tensor> gradients) {
    return updated(weights, gradients, (whole, turn) -> Ops.dynamicSlice(whole, 0, turn, 1));
  }

  /** The weights moved, and the backward loop's carry. */
  private static List<Tensor> updated(
      Tensor weights, List<Tensor> gradients, BiFunction<Tensor, Tensor, Tensor> row) {
    Tracer tracer = (Tracer) Engine.current();
    Tracer body = tracer.nested("update");
    Tensor whole = body.parameter("whole", STACK);
    Tensor turn = body.parameter("turn", Shape.of(DType.S32));
    Tensor gradient = body.parameter("gradient", ROW);
    Tensor result =
        Engine.with(
            body,
            () -> {
              Tensor moved = row.apply(whole, turn).minus(Ops.expandDim(gradient, 0).times(0.1));
              return Ops.dynamicUpdate(whole, moved, 0, turn);
            });
    List<Tensor> operands =
        List.of(weights, Ops.iota(Shape.of(DType.S32, LENGTH), 0), gradients.get(1));
    List<Tensor> results =
        tracer.applyTuple(
            new HloOp.Scan(body.build(List.of(result)), LENGTH, 1, 2, false, false),
            Type.tuple(List.of(STACK)),
            operands);
    return List.of(results.getFirst(), gradients.getFirst());
  }
}
