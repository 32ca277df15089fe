package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import io.gshard.memory.Arena;
import io.gshard.memory.Storage;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.ResultType;
import io.gshard.processor.program.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Modifier;

/** Writes the launcher: the layout of the variables, and a typed method for each program. */
final class LauncherWriter {
  /** Bindings made by one method. */
  private static final int PER_METHOD = 100;

  private final CompiledModel model;
  private final List<ClassName> programs;
  private final Map<String, Integer> offsets;
  private final Map<Arena, Long> sizes;
  private final ClassName name;

  LauncherWriter(
      CompiledModel model,
      List<ClassName> programs,
      Map<String, Integer> offsets,
      Map<Arena, Long> sizes) {
    this.model = model;
    this.programs = programs;
    this.offsets = offsets;
    this.sizes = sizes;
    this.name = ClassName.get(model.packageName(), model.launcherName());
  }

  TypeSpec write() {
    CodeBlock all =
        programs.stream().map(p -> CodeBlock.of("new $T()", p)).collect(CodeBlock.joining(", "));
    TypeSpec.Builder type =
        TypeSpec.classBuilder(name)
            .addJavadoc(
                "Runs {@link $T} with the config $L, compiled for the mesh {@code $L}.\n",
                ClassName.bestGuess(model.modelName()),
                model.config(),
                model.mesh())
            .addAnnotation(Types.GENERATED)
            .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
            .superclass(Types.LAUNCHER)
            .addField(
                FieldSpec.builder(
                        Types.MESH_SHAPE, "MESH", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                    .initializer("$T.parse($S)", Types.MESH_SHAPE, model.mesh().toString())
                    .build())
            .addMethod(
                MethodSpec.constructorBuilder()
                    .addModifiers(Modifier.PUBLIC)
                    .addParameter(Types.MESH, "mesh")
                    .addStatement(
                        "super($S, mesh, MESH, layout(), $T.of($L))",
                        model.launcherName(),
                        List.class,
                        all)
                    .build())
            .addMethod(
                MethodSpec.methodBuilder("on")
                    .addJavadoc(
                        "The model on a mesh; its parameters are zero until they are initialised or loaded.\n")
                    .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                    .addParameter(Types.MESH, "mesh")
                    .returns(name)
                    .addStatement("return new $T(mesh)", name)
                    .build());
    for (CompiledProgram program : model.programs()) {
      // Launcher.init(seed) runs that one.
      if (!program.name().equals("init")) {
        type.addMethod(method(program));
      }
    }
    type.addMethod(layout());
    bindings(type, true);
    bindings(type, false);
    return type.build();
  }

  private MethodSpec method(CompiledProgram program) {
    MethodSpec.Builder method =
        MethodSpec.methodBuilder(program.name()).addModifiers(Modifier.PUBLIC);
    List<CodeBlock> arguments = new ArrayList<>();
    for (CompiledProgram.Argument argument : program.arguments()) {
      method.addParameter(Types.TENSOR, argument.name());
      arguments.add(CodeBlock.of("$N", argument.name()));
    }
    CodeBlock run =
        CodeBlock.of(
            "run($S, $T.of($L))", program.name(), List.class, CodeBlock.join(arguments, ", "));
    switch (program.result()) {
      case ResultType.Nothing v -> method.addStatement(run);
      case ResultType.OneTensor t ->
          method.returns(Types.TENSOR).addStatement("return $L.getFirst()", run);
      case ResultType.TensorRecord record -> {
        ClassName type = ClassName.bestGuess(record.qualifiedName());
        List<CodeBlock> components = new ArrayList<>();
        for (int i = 0; i < record.components().size(); i++) {
          components.add(CodeBlock.of("results.get($L)", i));
        }
        method
            .returns(type)
            .addStatement(
                "$T results = $L",
                ParameterizedTypeName.get(ClassName.get(List.class), Types.TENSOR),
                run)
            .addStatement("return new $T($L)", type, CodeBlock.join(components, ", "));
      }
    }
    return method.build();
  }

  private MethodSpec layout() {
    return MethodSpec.methodBuilder("layout")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .returns(Types.LAYOUT)
        .addStatement(
            "return new $T(parameterBindings(), stateBindings(), $L, $L)",
            Types.LAYOUT,
            sizes(false),
            sizes(true))
        .build();
  }

  private CodeBlock sizes(boolean common) {
    CodeBlock each =
        Arrays.stream(Storage.values())
            .map(s -> CodeBlock.of("$LL", sizes.getOrDefault(new Arena(s, common), 0L)))
            .collect(CodeBlock.joining(", "));
    return CodeBlock.of("new $T($L)", Types.MEMORY_SIZES, each);
  }

  private void bindings(TypeSpec.Builder type, boolean parameters) {
    List<Variable> variables =
        model.variables().stream().filter(v -> v.parameter() == parameters).toList();
    String method = parameters ? "parameterBindings" : "stateBindings";
    ParameterizedTypeName list =
        ParameterizedTypeName.get(ClassName.get(List.class), Types.BINDING);
    CodeBlock.Builder all = CodeBlock.builder();
    all.addStatement("$T all = new $T<>()", list, ArrayList.class);
    for (int at = 0; at < variables.size(); at += PER_METHOD) {
      String part = method + at / PER_METHOD;
      CodeBlock.Builder code = CodeBlock.builder();
      for (Variable v : variables.subList(at, Math.min(variables.size(), at + PER_METHOD))) {
        code.addStatement(
            "all.add($L)",
            ProgramWriter.binding(
                v.path(),
                v.shape(),
                v.sharding(),
                offsets.get(v.path()),
                JavaBackend.isCommon(v.sharding(), model.mesh())));
      }
      type.addMethod(
          MethodSpec.methodBuilder(part)
              .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
              .addParameter(list, "all")
              .addCode(code.build())
              .build());
      all.addStatement("$L(all)", part);
    }
    type.addMethod(
        MethodSpec.methodBuilder(method)
            .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
            .returns(list)
            .addCode(all.addStatement("return all").build())
            .build());
  }
}
