package io.gshard.processor.java;

import com.palantir.javapoet.CodeBlock;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Contraction;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the bodies of kernel methods: each step that runs on one device is a few library calls.
 */
final class StepWriter {
  private final Locator locator;

  /** Whether the method is a part of the kernel, {@code from} to {@code end}; else null. */
  private final Split split;

  StepWriter(Locator locator, Split split) {
    this.locator = locator;
    this.split = split;
  }

  /** The statements of one step; none where there is nothing to do. */
  CodeBlock write(Step step) {
    return switch (step) {
      case Step.Fused f -> new FusedWriter(f, locator, split != null).write();
      case Step.Reduce r ->
          CodeBlock.builder()
              .addStatement(
                  "$L, $L, $L, $L, $L, $L)",
                  FoldCode.start("reduce", r.op().combiner(), r.operand().type()),
                  from(r.operand()),
                  r.outer(),
                  r.reduced(),
                  r.inner(),
                  to(r.result()))
              .build();
      case Step.Cumulative c ->
          CodeBlock.builder()
              .addStatement(
                  "$L, $L, $L, $L, $L, $L, $L, $L)",
                  FoldCode.start("cumulative", c.op().combiner(), c.operand().type()),
                  from(c.operand()),
                  c.outer(),
                  c.n(),
                  c.inner(),
                  c.op().exclusive(),
                  c.op().reverse(),
                  to(c.result()))
              .build();
      case Step.Product p -> product(p);
      case Step.Gather g -> gather(g);
      case Step.Scatter s -> scatter(s);
      case Step.Assemble a -> assemble(a);
      case Step.DeviceId d ->
          CodeBlock.builder().addStatement("d.s32[$L] = d.id", locator.offset(d.result())).build();
      case Step.DrawNumber d ->
          CodeBlock.builder()
              .addStatement("d.s64[$L] = d.nextDraw()", locator.offset(d.result()))
              .build();
      case Step.Collective c -> throw inDriver();
      case Step.Start start -> throw inDriver();
      case Step.Done done -> throw inDriver();
      case Step.Loop l -> throw new IllegalStateException("loops have methods of their own");
      case Step.Branch b -> throw new IllegalStateException("branches have methods of their own");
    };
  }

  private static IllegalStateException inDriver() {
    return new IllegalStateException("collectives run in the driver");
  }

  private String from(View view) {
    return locator.array(view) + ", " + locator.offset(view);
  }

  private String to(Root.Value value) {
    return locator.array(value) + ", " + locator.offset(value);
  }

  // --- products

  private CodeBlock product(Step.Product product) {
    Contraction c = product.contraction();
    long count = product.result().shape().elements();
    CodeBlock.Builder code = CodeBlock.builder();
    if (count == 0) {
      return code.build();
    }
    if (c.k() == 0) {
      return code.addStatement("$T.fill(0f, $L, $L)", Types.VEC, to(product.result()), count)
          .build();
    }
    int loops = Math.max(0, c.batch().size() - 1);
    StringBuilder left = new StringBuilder();
    StringBuilder right = new StringBuilder();
    StringBuilder out = new StringBuilder();
    long stride = count;
    for (int i = 0; i < loops; i++) {
      stride /= c.batch().get(i);
      code.beginControlFlow("for (int b$L = 0; b$L < $L; b$L++)", i, i, c.batch().get(i), i);
      left.append(" + b").append(i).append(" * ").append(c.lhsBatch().get(i));
      right.append(" + b").append(i).append(" * ").append(c.rhsBatch().get(i));
      out.append(" + b").append(i).append(" * ").append(stride);
    }
    boolean batched = !c.batch().isEmpty();
    String batches = batched ? Long.toString(c.batch().getLast()) : "1";
    String rows = Long.toString(c.m());
    String columns = Long.toString(c.n());
    if (split != null && Split.byBatch(c)) {
      left.append(" + from * ").append(c.lhsBatch().getLast());
      right.append(" + from * ").append(c.rhsBatch().getLast());
      out.append(" + from * ").append(c.m() * c.n());
      batches = "end - from";
    } else if (split != null && Split.byColumns(c)) {
      right.append(" + from * ").append(c.rhsColumn());
      out.append(" + from");
      columns = "end - from";
    } else if (split != null) {
      left.append(" + from * ").append(c.lhsRow());
      out.append(" + from * ").append(c.n());
      rows = "end - from";
    }
    code.addStatement(
        "$T.multiply(\n$L$L, $L, $L, $L,\n$L$L, $L, $L, $L,\n$L$L, $L, $L,\n$L, $L, $L, $L)",
        Types.MATMUL,
        from(c.lhs()),
        left,
        batched ? c.lhsBatch().getLast() : 0,
        c.lhsRow(),
        c.lhsColumn(),
        from(c.rhs()),
        right,
        batched ? c.rhsBatch().getLast() : 0,
        c.rhsRow(),
        c.rhsColumn(),
        to(product.result()),
        out,
        c.m() * c.n(),
        c.n(),
        batches,
        rows,
        columns,
        c.k());
    for (int i = 0; i < loops; i++) {
      code.endControlFlow();
    }
    return code.build();
  }

  // --- indexed

  private CodeBlock gather(Step.Gather gather) {
    return CodeBlock.builder()
        .addStatement(
            "$T.gather($L, $L, $L, $L)",
            Types.INDEXED,
            Plans.gather(locator, gather.op(), gather.operand(), gather.indices()),
            from(gather.operand()),
            from(gather.indices()),
            to(gather.result()))
        .build();
  }

  private CodeBlock scatter(Step.Scatter scatter) {
    Op.Scatter op = scatter.op();
    DType type = scatter.result().shape().type();
    String plan = Plans.scatter(locator, scatter);
    CodeBlock.Builder code = CodeBlock.builder();
    String base;
    if (scatter.base().root() instanceof Root.Scalar && type == DType.F32) {
      base = locator.element(scatter.base());
    } else if (scatter.base().root() instanceof Root.Scalar) {
      base = to(scatter.result());
      code.addStatement(
          "$T.fill($L, $L, $L)",
          Types.VEC,
          locator.element(scatter.base()),
          base,
          scatter.result().shape().elements());
    } else {
      base = from(scatter.base());
    }
    return code.addStatement(
            "$L, $L, $L, $L, $L)",
            FoldCode.scatter(plan, op.combiner(), type),
            base,
            from(scatter.indices()),
            from(scatter.updates()),
            to(scatter.result()))
        .build();
  }

  // --- copies

  private CodeBlock assemble(Step.Assemble assemble) {
    CodeBlock.Builder code = CodeBlock.builder();
    Root.Value result = assemble.result();
    if (result.shape().elements() == 0) {
      return code.build();
    }
    List<Long> dense = strides(result.shape().dims());
    if (assemble.base() != null) {
      copy(code, assemble.base(), result, dense, 0, List.of());
    }
    for (Step.Part part : assemble.parts()) {
      if (part.source().elements() > 0) {
        copy(code, part.source(), result, part.strides(), part.offset(), part.terms());
      }
    }
    return code.build();
  }

  private static List<Long> strides(List<Long> dims) {
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (long dim : dims.reversed()) {
      strides.addFirst(stride);
      stride *= Math.max(1, dim);
    }
    return strides;
  }

  private void copy(
      CodeBlock.Builder code,
      View source,
      Root.Value result,
      List<Long> toStrides,
      long toOffset,
      List<View.Term> terms) {
    String array = locator.array(result);
    String to = locator.offset(locator.offset(result) + toOffset, terms);
    boolean targetDense = isDense(source.dims(), toStrides);
    long n = source.elements();
    if (targetDense && source.isSingle() && !(source.root() instanceof Root.Table)) {
      code.addStatement(
          "$T.fill($L, $L, $L, $L)", Types.VEC, locator.element(source), array, to, n);
    } else if (targetDense && source.isContiguous()) {
      if (!locator.array(source).equals(array) || !locator.offset(source).equals(to)) {
        code.addStatement("$T.copy($L, $L, $L, $L)", Types.VEC, from(source), array, to, n);
      }
    } else {
      List<Long> dims = new ArrayList<>();
      List<Long> left = new ArrayList<>();
      List<Long> right = new ArrayList<>();
      merge(source, toStrides, dims, left, right);
      Constants constants = locator.constants();
      code.addStatement(
          "$T.copy($L, $L, $L, $L, $L, $L)",
          Types.MOVE,
          from(source),
          constants.ints(dims),
          constants.ints(left),
          array,
          to,
          constants.ints(right));
    }
  }

  private static boolean isDense(List<Long> dims, List<Long> strides) {
    long stride = 1;
    for (int i = dims.size() - 1; i >= 0; i--) {
      if (dims.get(i) != 1 && strides.get(i) != stride) {
        return false;
      }
      stride *= dims.get(i);
    }
    return true;
  }

  /** Dims that are one run in both arrays become one. */
  private static void merge(
      View source, List<Long> toStrides, List<Long> dims, List<Long> left, List<Long> right) {
    for (int i = 0; i < source.dims().size(); i++) {
      long dim = source.dims().get(i);
      if (dim == 1) {
        continue;
      }
      long from = source.strides().get(i);
      long to = toStrides.get(i);
      int last = dims.size() - 1;
      if (last >= 0 && left.get(last) == dim * from && right.get(last) == dim * to) {
        dims.set(last, dims.get(last) * dim);
        left.set(last, from);
        right.set(last, to);
      } else {
        dims.add(dim);
        left.add(from);
        right.add(to);
      }
    }
    if (dims.isEmpty()) {
      dims.add(1L);
      left.add(1L);
      right.add(1L);
    }
  }
}
