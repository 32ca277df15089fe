package io.gshard.processor.java;

import com.palantir.javapoet.CodeBlock;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;

/** The constants that say how a gather or scatter of fixed shapes runs. */
final class Plans {
  private Plans() {}

  /** The name of a gather's constant. */
  static String gather(Locator locator, Op.Gather op, View operand, View indices) {
    CodeBlock plan =
        CodeBlock.of(
            "$T.of(new $T.Gather($L, $L, $L, $L, $L, $L, $L), $L, $L)",
            Types.GATHER_PLAN,
            Types.OP,
            Literals.integers(op.offsetDims()),
            Literals.integers(op.collapsedSliceDims()),
            Literals.integers(op.operandBatchingDims()),
            Literals.integers(op.indicesBatchingDims()),
            Literals.integers(op.startIndexMap()),
            op.indexVectorDim(),
            Literals.longs(op.sliceSizes()),
            Literals.shape(operand.shape()),
            Literals.shape(indices.shape()));
    return locator.constants().object("GATHER", Types.GATHER_PLAN, plan);
  }

  /** The name of a scatter's constant. */
  static String scatter(Locator locator, Step.Scatter scatter) {
    Op.Scatter op = scatter.op();
    CodeBlock combiner =
        op.combiner() == null
            ? CodeBlock.of("null")
            : CodeBlock.of("$T.$L", Types.COMBINER, op.combiner().name());
    CodeBlock.Builder strides = CodeBlock.builder();
    if (!scatter.updates().isContiguous()) {
      scatter.updates().strides().forEach(stride -> strides.add(", $L", stride));
    }
    CodeBlock plan =
        CodeBlock.of(
            "$T.of(new $T.Scatter($L, $L, $L, $L, $L, $L, $L), $L, $L, $L$L)",
            Types.SCATTER_PLAN,
            Types.OP,
            combiner,
            Literals.integers(op.updateWindowDims()),
            Literals.integers(op.insertedWindowDims()),
            Literals.integers(op.operandBatchingDims()),
            Literals.integers(op.indicesBatchingDims()),
            Literals.integers(op.scatterDimsToOperandDims()),
            op.indexVectorDim(),
            Literals.shape(scatter.base().shape()),
            Literals.shape(scatter.indices().shape()),
            Literals.shape(scatter.updates().shape()),
            strides.build());
    return locator.constants().object("SCATTER", Types.SCATTER_PLAN, plan);
  }
}
