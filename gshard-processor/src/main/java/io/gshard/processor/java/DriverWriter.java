package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import io.gshard.memory.BufferPlan;
import io.gshard.memory.CommonValues;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Block;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/**
 * Writes a program's control flow: the driver calls collectives and, between them, runs segments on
 * every device. A loop without collectives is part of a segment; one with is the driver's.
 */
final class DriverWriter {
  /** Calls in one method; HotSpot does not compile very long ones. */
  private static final int CALLS = 60;

  private final ClassName program;
  private final BufferPlan plan;
  private final KernelClass kernels;
  private final TypeSpec.Builder type;
  private int steps;
  private int segments;

  /** The numbers of the collectives that have been started. */
  private final Map<Step.Collective, Integer> started = new IdentityHashMap<>();

  /** Whether the steps that wait to be called run once for all devices. */
  private boolean once;

  DriverWriter(ClassName program, BufferPlan plan, KernelClass kernels, TypeSpec.Builder type) {
    this.program = program;
    this.plan = plan;
    this.kernels = kernels;
    this.type = type;
  }

  /** Adds {@code run} and all that it calls. */
  void write(Block block) {
    List<CodeBlock> statements = driver(block);
    type.addMethod(
        MethodSpec.methodBuilder("run")
            .addAnnotation(Override.class)
            .addModifiers(Modifier.PUBLIC)
            .addParameter(Types.SPMD, "spmd")
            .addCode(body("part", Types.SPMD, "spmd", statements))
            .build());
  }

  // --- on all devices

  private List<CodeBlock> driver(Block block) {
    List<CodeBlock> statements = new ArrayList<>();
    List<CodeBlock> pending = new ArrayList<>();
    once = false;
    for (Step step : block.steps()) {
      switch (step) {
        case Step.Collective c -> {
          flush(pending, statements);
          steps++;
          statements.add(
              CodeBlock.builder()
                  .add(Describe.comment(c))
                  .addStatement("spmd.$L", call(c))
                  .build());
        }
        case Step.Start start -> {
          flush(pending, statements);
          steps++;
          int number = started.size();
          started.put(start.collective(), number);
          statements.add(
              CodeBlock.builder()
                  .add(Describe.comment(start))
                  .addStatement("spmd.start($L, c -> c.$L)", number, call(start.collective()))
                  .build());
        }
        case Step.Done done -> {
          flush(pending, statements);
          statements.add(
              CodeBlock.builder()
                  .add(Describe.comment(done))
                  .addStatement("spmd.done($L)", started.get(done.collective()))
                  .build());
        }
        case Step.Loop loop when loop.communicates() -> {
          flush(pending, statements);
          statements.add(driverLoop(loop));
        }
        case Step.Branch branch when branch.communicates() -> {
          flush(pending, statements);
          statements.add(driverBranch(branch));
        }
        default -> {
          boolean runsOnce = CommonValues.runsOnce(step, plan.common());
          if (runsOnce != once) {
            flush(pending, statements);
            once = runsOnce;
          }
          device(step, pending);
        }
      }
    }
    flush(pending, statements);
    return statements;
  }

  private void flush(List<CodeBlock> pending, List<CodeBlock> statements) {
    if (pending.isEmpty()) {
      return;
    }
    CodeBlock method = pending.getFirst();
    if (pending.size() > 1) {
      method = method("segment" + segments++, Types.DEVICE, "d", calls(pending, "d"));
    }
    statements.add(statement("spmd.$L($L)", once ? "once" : "each", reference(method)));
    pending.clear();
  }

  /** {@code Class.method} as {@code Class::method}. */
  private static CodeBlock reference(CodeBlock method) {
    String text = method.toString();
    int dot = text.lastIndexOf('.');
    return CodeBlock.of(
        "$T::$L", ClassName.bestGuess(text.substring(0, dot)), text.substring(dot + 1));
  }

  private CodeBlock driverLoop(Step.Loop loop) {
    int number = steps++;
    CodeBlock body = method("loop" + number + "Body", Types.SPMD, "spmd", driver(loop.body()));
    List<CodeBlock> condition = loop.condition() == null ? null : driver(loop.condition());
    return loop(loop, "loop" + number, body, condition, Types.SPMD, "spmd", "spmd.first()");
  }

  private CodeBlock driverBranch(Step.Branch branch) {
    CodeBlock method = branch(branch, steps++, Types.SPMD, "spmd", "spmd.first()", this::driver);
    once = false;
    return statement("$L($L)", method, "spmd");
  }

  private CodeBlock loop(
      Step.Loop loop,
      String name,
      CodeBlock body,
      List<CodeBlock> condition,
      ClassName parameter,
      String variable,
      String device) {
    CodeBlock.Builder code = CodeBlock.builder();
    if (condition == null) {
      code.beginControlFlow("for (long i = 0; i < $LL; i++)", loop.tripCount());
    } else {
      CodeBlock check = method(name + "Condition", parameter, variable, condition);
      Root.Value predicate = (Root.Value) loop.predicate().root();
      code.beginControlFlow(
          "for ($L($L); $L[$L] != 0; $L($L))",
          check,
          variable,
          Locator.array(plan, device, predicate),
          plan.offset(predicate),
          check,
          variable);
    }
    code.addStatement("$L($L)", body, variable).endControlFlow();
    CodeBlock method = add(name, parameter, variable, code.build());
    return statement("$L($L)", method, variable);
  }

  // --- on one device

  /** Adds the calls for a step to those of the segment. */
  private void device(Step step, List<CodeBlock> pending) {
    int number = steps++;
    switch (step) {
      case Step.Loop l -> {
        CodeBlock body =
            method("loop" + number + "Body", Types.DEVICE, "d", calls(block(l.body()), "d"));
        List<CodeBlock> condition = l.condition() == null ? null : calls(block(l.condition()), "d");
        loop(l, "loop" + number, body, condition, Types.DEVICE, "d", "d");
        pending.add(CodeBlock.of("$T.$L", program, "loop" + number));
      }
      case Step.Branch b ->
          pending.add(branch(b, number, Types.DEVICE, "d", "d", block -> calls(block(block), "d")));
      default -> {
        CodeBlock method = kernels.add(step, number);
        if (method != null) {
          pending.add(method);
        }
      }
    }
  }

  private List<CodeBlock> block(Block block) {
    List<CodeBlock> methods = new ArrayList<>();
    block.steps().forEach(step -> device(step, methods));
    return methods;
  }

  private CodeBlock branch(
      Step.Branch branch,
      int number,
      ClassName parameter,
      String variable,
      String device,
      Function<Block, List<CodeBlock>> statements) {
    String name = "branch" + number;
    View index = branch.index();
    String array = Locator.array(plan, device, (Root.Value) index.root());
    String at = Long.toString(plan.offset((Root.Value) index.root()) + index.offset());
    boolean predicate = index.type() == DType.PRED;
    CodeBlock.Builder code = CodeBlock.builder();
    int last = branch.blocks().size() - 1;
    code.beginControlFlow("switch ($L[$L])", array, at);
    for (int i = 0; i <= last; i++) {
      CodeBlock method =
          method(name + "Case" + i, parameter, variable, statements.apply(branch.blocks().get(i)));
      // A predicate chooses the first branch when it holds; an index out of range the last.
      String label =
          predicate ? (i == 0 ? "case 1" : "default") : (i == last ? "default" : "case " + i);
      code.addStatement("$L -> $L($L)", label, method, variable);
    }
    code.endControlFlow();
    return add(name, parameter, variable, code.build());
  }

  // --- methods

  private static List<CodeBlock> calls(List<CodeBlock> methods, String variable) {
    return methods.stream().map(m -> statement("$L($L)", m, variable)).toList();
  }

  private static CodeBlock statement(String format, Object... arguments) {
    return CodeBlock.builder().addStatement(format, arguments).build();
  }

  private CodeBlock method(
      String name, ClassName parameter, String variable, List<CodeBlock> statements) {
    return add(name, parameter, variable, body(name, parameter, variable, statements));
  }

  private CodeBlock add(String name, ClassName parameter, String variable, CodeBlock body) {
    type.addMethod(
        MethodSpec.methodBuilder(name)
            .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
            .addParameter(parameter, variable)
            .addCode(body)
            .build());
    return CodeBlock.of("$T.$L", program, name);
  }

  /** The statements, in methods of their own where they are many. */
  private CodeBlock body(
      String name, ClassName parameter, String variable, List<CodeBlock> statements) {
    if (statements.size() <= CALLS) {
      return CodeBlock.join(statements, "");
    }
    List<CodeBlock> parts = new ArrayList<>();
    for (int at = 0; at < statements.size(); at += CALLS) {
      List<CodeBlock> some = statements.subList(at, Math.min(statements.size(), at + CALLS));
      CodeBlock part =
          add(name + "_" + parts.size(), parameter, variable, CodeBlock.join(some, ""));
      parts.add(statement("$L($L)", part, variable));
    }
    return body(name + "_", parameter, variable, parts);
  }

  // --- collectives

  private CodeBlock call(Step.Collective collective) {
    View x = collective.operand();
    int in = Math.toIntExact(plan.offset((Root.Value) x.root()) + x.offset());
    int out = plan.offset(collective.result());
    List<Long> dims = x.dims();
    String forAll = plan.isCommon(collective.result()) ? "ForAll" : "";
    CodeBlock type = CodeBlock.of("$T.$L", Types.DTYPE, x.type().name());
    return switch (collective.op()) {
      case Op.AllReduce a ->
          CodeBlock.of(
              "allReduce$L($T.$L, $L, $L, $L, $L, $L)",
              forAll,
              Types.COMBINER,
              a.combiner().name(),
              type,
              in,
              out,
              x.elements(),
              Literals.strings(a.axes()));
      case Op.AllGather a ->
          CodeBlock.of(
              "allGather$L($L, $L, $L, $L, $L, $L)",
              forAll,
              type,
              in,
              out,
              product(dims.subList(0, a.dimension())),
              product(dims.subList(a.dimension(), dims.size())),
              Literals.strings(a.axes()));
      case Op.ReduceScatter r ->
          CodeBlock.of(
              "reduceScatter($T.$L, $L, $L, $L, $L, $L, $L)",
              Types.COMBINER,
              r.combiner().name(),
              type,
              in,
              out,
              product(dims.subList(0, r.dimension())),
              product(collective.result().shape().dims().subList(r.dimension(), dims.size())),
              Literals.strings(r.axes()));
      case Op.AllToAll a ->
          CodeBlock.of(
              "allToAll($L, $L, $L, new int[] {$L}, $L, $L, $L)",
              type,
              in,
              out,
              dims.stream().map(String::valueOf).collect(Collectors.joining(", ")),
              a.splitDimension(),
              a.concatDimension(),
              Literals.strings(a.axes()));
      case Op.CollectivePermute c ->
          CodeBlock.of(
              "collectivePermute($L, $L, $L, $L, new int[] {$L}, $L)",
              type,
              in,
              out,
              x.elements(),
              c.targets().stream().map(String::valueOf).collect(Collectors.joining(", ")),
              Literals.strings(c.axes()));
      default -> throw new IllegalStateException(collective.op() + " is no collective");
    };
  }

  private static long product(List<Long> dims) {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }
}
