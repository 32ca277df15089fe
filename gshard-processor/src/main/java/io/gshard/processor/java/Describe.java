package io.gshard.processor.java;

import com.palantir.javapoet.CodeBlock;
import io.gshard.hlo.Source;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names of kernel methods, and comments that say which HLO and which source line they come from.
 */
final class Describe {
  private Describe() {}

  /** What a step does, as part of a method's name. */
  static String name(Step step, int number) {
    return switch (step) {
      case Step.Fused f -> {
        Set<String> names = new LinkedHashSet<>();
        f.stages().reversed().forEach(stage -> names.add(opcode(stage)));
        List<String> last = new ArrayList<>(names).subList(0, Math.min(3, names.size()));
        yield "fusion" + number + "_" + String.join("_", last.reversed());
      }
      case Step.Reduce r ->
          "reduce" + number + "_" + opcode(new Op.Binary(r.op().combiner().kind()));
      case Step.Cumulative c -> "cumulative" + number;
      case Step.Product p -> "dot" + number;
      case Step.Gather g -> "gather" + number;
      case Step.Scatter s -> "scatter" + number;
      case Step.Assemble a -> a.what() + number;
      case Step.DeviceId d -> "partition_id" + number;
      case Step.DrawNumber d -> "draw_number" + number;
      case Step.Collective c -> opcode(c.op()) + number;
      case Step.Start start -> name(start.collective(), number);
      case Step.Done done -> name(done.collective(), number);
      case Step.Loop l -> "loop" + number;
      case Step.Branch b -> "branch" + number;
    };
  }

  private static String opcode(Step.Stage stage) {
    return switch (stage) {
      case Step.Element e -> opcode(e.op());
      case Step.Fold f -> opcode(f.op());
    };
  }

  private static String opcode(Op op) {
    return ShapeInference.name(op).replace('-', '_');
  }

  /** Comment lines for the top of a method. */
  static CodeBlock comment(Step step) {
    List<String> lines = new ArrayList<>();
    Set<Source> sources = new LinkedHashSet<>();
    switch (step) {
      case Step.Fused f -> {
        for (Step.Stage stage : f.stages()) {
          String combiner = stage instanceof Step.Fold fold ? " " + fold.op().combiner() : "";
          lines.add(line(stage.result(), opcode(stage) + combiner, stage.operands()));
          sources.add(stage.result().source());
        }
      }
      case Step.Reduce r ->
          add(lines, sources, r.result(), "reduce " + r.op().combiner(), r.operand());
      case Step.Cumulative c ->
          add(lines, sources, c.result(), "cumulative " + c.op().combiner(), c.operand());
      case Step.Product p ->
          add(lines, sources, p.result(), "dot", p.contraction().lhs(), p.contraction().rhs());
      case Step.Gather g -> add(lines, sources, g.result(), "gather", g.operand(), g.indices());
      case Step.Scatter s ->
          add(lines, sources, s.result(), "scatter", s.base(), s.indices(), s.updates());
      case Step.Assemble a -> {
        List<View> operands = new ArrayList<>(a.parts().stream().map(Step.Part::source).toList());
        if (a.base() != null) {
          operands.addFirst(a.base());
        }
        lines.add(line(a.result(), a.what(), operands));
        sources.add(a.source());
      }
      case Step.DeviceId d -> add(lines, sources, d.result(), "partition_id");
      case Step.DrawNumber d -> add(lines, sources, d.result(), "draw_number");
      case Step.Collective c -> add(lines, sources, c.result(), opcode(c.op()), c.operand());
      case Step.Start start -> {
        return comment(start.collective());
      }
      case Step.Done done -> {
        return CodeBlock.of("// $L is there\n", done.collective().result().name());
      }
      case Step.Loop l -> {}
      case Step.Branch b -> {}
    }
    CodeBlock.Builder code = CodeBlock.builder();
    lines.forEach(line -> code.add("// $L\n", line));
    String places =
        sources.stream()
            .filter(Source::isKnown)
            .map(s -> s.file().substring(s.file().lastIndexOf('/') + 1) + ":" + s.line())
            .distinct()
            .collect(Collectors.joining(", "));
    if (!places.isEmpty()) {
      code.add("// $L\n", places);
    }
    return code.build();
  }

  private static void add(
      List<String> lines, Set<Source> sources, Root.Value result, String what, View... operands) {
    lines.add(line(result, what, List.of(operands)));
    sources.add(result.source());
  }

  private static String line(Root.Value result, String what, List<View> operands) {
    return "%s = %s %s(%s)"
        .formatted(
            result.name(),
            result.shape(),
            what,
            operands.stream().map(Describe::operand).collect(Collectors.joining(", ")));
  }

  private static String operand(View view) {
    return switch (view.root()) {
      case Root.Scalar s -> number(s);
      case Root.Table t -> "constant";
      case Root.Counter c -> "iota";
      case Root.Value v when view.shape().equals(v.shape()) && view.isWhole() -> v.name();
      case Root.Value v -> v.name() + " as " + view.shape();
    };
  }

  private static String number(Root.Scalar scalar) {
    return scalar.literal().isFloating()
        ? Float.toString((float) scalar.literal().real(0))
        : Long.toString(scalar.literal().integer(0));
  }
}
