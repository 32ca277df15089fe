package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import io.gshard.memory.BufferPlan;
import io.gshard.passes.fusion.Step;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;

/**
 * Collects kernel methods. A program of many steps has them in nested classes, because a class
 * holds at most 65,535 constants.
 */
final class KernelClass {
  private static final int METHODS = 250;

  private final ClassName program;
  private final BufferPlan plan;
  private final List<TypeSpec.Builder> types = new ArrayList<>();
  private final List<Constants> constants = new ArrayList<>();
  private int methods;

  KernelClass(ClassName program, BufferPlan plan) {
    this.program = program;
    this.plan = plan;
  }

  /**
   * Adds a step's kernel; gives the class and name of its method, or null where it does nothing.
   */
  CodeBlock add(Step step, int number) {
    if (methods % METHODS == 0) {
      types.add(
          TypeSpec.classBuilder("Kernels" + types.size())
              .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
              .addMethod(MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build()));
      constants.add(new Constants());
    }
    Split split = Split.of(step);
    CodeBlock body = new StepWriter(new Locator(plan, constants.getLast()), split).write(step);
    if (body.isEmpty()) {
      return null;
    }
    methods++;
    String name = Describe.name(step, number);
    ClassName type = program.nestedClass("Kernels" + (types.size() - 1));
    MethodSpec.Builder method = method(name).addCode(Describe.comment(step));
    if (split == null) {
      types.getLast().addMethod(method.addCode(body).build());
    } else {
      types
          .getLast()
          .addMethod(
              method
                  .addStatement("d.split($L, $L, $T::$L)", split.n(), split.grain(), type, name)
                  .build())
          .addMethod(
              method(name)
                  .addParameter(int.class, "from")
                  .addParameter(int.class, "end")
                  .addCode(body)
                  .build());
    }
    return CodeBlock.of("$T.$L", type, name);
  }

  private static MethodSpec.Builder method(String name) {
    return MethodSpec.methodBuilder(name)
        .addModifiers(Modifier.STATIC)
        .addParameter(Types.DEVICE, "d");
  }

  void addTo(TypeSpec.Builder type) {
    for (int i = 0; i < types.size(); i++) {
      constants.get(i).addTo(types.get(i));
      type.addType(types.get(i).build());
    }
  }
}
