package io.gshard.processor.java;

import com.palantir.javapoet.CodeBlock;
import io.gshard.memory.Storage;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;

/** Which kernels fold elements of a type. */
final class FoldCode {
  private FoldCode() {}

  /** A fold's kernel and its first arguments: {@code Fold.reduceUnsigned(Combiner.MAXIMUM}. */
  static CodeBlock start(String kernel, Combiner combiner, DType type) {
    return Storage.of(type).isWide()
        ? CodeBlock.of(
            "$T.$L($T.$L, $L", Types.WIDE_FOLD, kernel, Types.COMBINER, combiner, type(type))
        : CodeBlock.of(
            "$T.$L$L($T.$L",
            Types.FOLD,
            kernel,
            isUnsigned(combiner, type) ? "Unsigned" : "",
            Types.COMBINER,
            combiner);
  }

  /** A scatter's kernel and its plan. */
  static CodeBlock scatter(String plan, Combiner combiner, DType type) {
    return Storage.of(type).isWide()
        ? CodeBlock.of("$T.scatter($L, $L", Types.WIDE_FOLD, plan, type(type))
        : CodeBlock.of(
            "$T.scatter$L($L",
            Types.INDEXED,
            combiner != null && isUnsigned(combiner, type) ? "Unsigned" : "",
            plan);
  }

  private static CodeBlock type(DType type) {
    return CodeBlock.of("$T.$L", Types.DTYPE, type.name());
  }

  private static boolean isUnsigned(Combiner combiner, DType type) {
    return type == DType.U32 && (combiner == Combiner.MAXIMUM || combiner == Combiner.MINIMUM);
  }
}
