package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import io.gshard.hlo.HloModule;
import io.gshard.memory.BufferPlan;
import io.gshard.mesh.Sharding;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Root;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.ResultType;
import io.gshard.spmd.Partitioned;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.lang.model.element.Modifier;

/**
 * Writes the class of one program: where its inputs and outputs lie, its driver and its kernels.
 */
final class ProgramWriter {
  private final ClassName name;
  private final CompiledProgram program;
  private final LoweredProgram lowered;
  private final BufferPlan plan;

  ProgramWriter(ClassName name, CompiledProgram program, LoweredProgram lowered, BufferPlan plan) {
    this.name = name;
    this.program = program;
    this.lowered = lowered;
    this.plan = plan;
  }

  TypeSpec write() {
    TypeSpec.Builder type =
        TypeSpec.classBuilder(name)
            .addJavadoc(
                "The program $S for one device of the mesh, and its driver.\n", program.name())
            .addAnnotation(Types.GENERATED)
            .addModifiers(Modifier.FINAL)
            .superclass(Types.PROGRAM)
            .addMethod(
                MethodSpec.methodBuilder("name")
                    .addAnnotation(Override.class)
                    .addModifiers(Modifier.PUBLIC)
                    .returns(String.class)
                    .addStatement("return $S", program.name())
                    .build())
            .addMethod(bindings("inputs", inputs()))
            .addMethod(bindings("outputs", outputs()))
            .addMethod(names("variables", program.variables()))
            .addMethod(names("updates", updates()));
    KernelClass kernels = new KernelClass(name, plan);
    new DriverWriter(name, plan, kernels, type).write(lowered.block());
    kernels.addTo(type);
    return type.build();
  }

  private List<CodeBlock> inputs() {
    Partitioned partitioned = program.partitioned();
    List<CodeBlock> bindings = new ArrayList<>();
    for (int i = 0; i < program.arguments().size(); i++) {
      int parameter = program.variables().size() + i;
      bindings.add(
          binding(
              program.arguments().get(i).name(),
              partitioned.parameterShapes().get(parameter),
              partitioned.parameterShardings().get(parameter),
              lowered.parameters().get(parameter)));
    }
    return bindings;
  }

  private List<CodeBlock> outputs() {
    Partitioned partitioned = program.partitioned();
    List<CodeBlock> bindings = new ArrayList<>();
    for (int i = 0; i < lowered.outputs().size(); i++) {
      Root.Value output = lowered.outputs().get(i);
      if (!lowered.updated().contains(output)) {
        bindings.add(
            binding(
                outputName(bindings.size()),
                partitioned.resultShapes().get(i),
                partitioned.resultShardings().get(i),
                output));
      }
    }
    return bindings;
  }

  private String outputName(int index) {
    return program.result() instanceof ResultType.TensorRecord record
            && index < record.components().size()
        ? record.components().get(index)
        : "result" + index;
  }

  private CodeBlock binding(String label, Shape global, Sharding sharding, Root.Value value) {
    return binding(label, global, sharding, plan.offset(value), plan.isCommon(value));
  }

  static CodeBlock binding(
      String label, Shape global, Sharding sharding, int offset, boolean common) {
    return CodeBlock.of(
        "new $T($S, $L, $L, $L, $L)",
        Types.BINDING,
        label,
        Literals.shape(global),
        Literals.sharding(sharding),
        offset,
        common);
  }

  /** The variables among the results, which follow the outputs. */
  private List<String> updates() {
    return program.partitioned().module().aliases().stream()
        .sorted(Comparator.comparingInt(HloModule.Alias::output))
        .map(alias -> program.variables().get(alias.parameter()))
        .toList();
  }

  private static MethodSpec names(String method, List<String> names) {
    CodeBlock list =
        names.stream().map(name -> CodeBlock.of("$S", name)).collect(CodeBlock.joining(", "));
    return MethodSpec.methodBuilder(method)
        .addAnnotation(Override.class)
        .addModifiers(Modifier.PUBLIC)
        .returns(ParameterizedTypeName.get(List.class, String.class))
        .addStatement("return $T.of($L)", List.class, list)
        .build();
  }

  private static MethodSpec bindings(String method, List<CodeBlock> bindings) {
    return MethodSpec.methodBuilder(method)
        .addAnnotation(Override.class)
        .addModifiers(Modifier.PUBLIC)
        .returns(ParameterizedTypeName.get(ClassName.get(List.class), Types.BINDING))
        .addStatement("return $T.of($L)", List.class, CodeBlock.join(bindings, ",\n"))
        .build();
  }
}
