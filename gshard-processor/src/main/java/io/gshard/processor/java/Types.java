package io.gshard.processor.java;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;

/** The classes of gshard-annotations and gshard-kernels that generated code names. */
final class Types {
  private Types() {}

  static final ClassName VEC = kernel("Vec");
  static final ClassName COMPARE = kernel("Compare");
  static final ClassName SELECT = kernel("Select");
  static final ClassName CONVERT = kernel("Convert");
  static final ClassName MOVE = kernel("Move");
  static final ClassName FOLD = kernel("Fold");
  static final ClassName MATMUL = kernel("Matmul");
  static final ClassName INDEXED = kernel("Indexed");
  static final ClassName WIDE = kernel("Wide");
  static final ClassName WIDE_FOLD = kernel("WideFold");
  static final ClassName GATHER_PLAN = kernel("GatherPlan");
  static final ClassName SCATTER_PLAN = kernel("ScatterPlan");

  static final ClassName DEVICE = runtime("Device");
  static final ClassName SCRATCH = runtime("Scratch");
  static final ClassName SPMD = runtime("Spmd");
  static final ClassName PROGRAM = runtime("Program");
  static final ClassName BINDING = runtime("Binding");
  static final ClassName LAUNCHER = runtime("Launcher");
  static final ClassName MEMORY_SIZES = ClassName.get("io.gshard.runtime", "Layout", "Sizes");
  static final ClassName LAYOUT = runtime("Layout");
  static final ClassName MESH = runtime("Mesh");

  static final ClassName COMBINER = ClassName.get("io.gshard.op", "Combiner");
  static final ClassName OP = ClassName.get("io.gshard.op", "Op");
  static final ClassName UNARY_KIND = ClassName.get("io.gshard.op", "Op", "UnaryKind");
  static final ClassName BINARY_KIND = ClassName.get("io.gshard.op", "Op", "BinaryKind");
  static final ClassName DIRECTION = ClassName.get("io.gshard.op", "Op", "Direction");
  static final ClassName LITERAL = ClassName.get("io.gshard.tensor", "Literal");
  static final ClassName DTYPE = ClassName.get("io.gshard.tensor", "DType");
  static final ClassName SHAPE = ClassName.get("io.gshard.tensor", "Shape");
  static final ClassName TENSOR = ClassName.get("io.gshard.tensor", "Tensor");
  static final ClassName SHARDING = ClassName.get("io.gshard.mesh", "Sharding");
  static final ClassName MESH_SHAPE = ClassName.get("io.gshard.mesh", "MeshShape");

  /** The same text for the same model: no time of generation. */
  static final AnnotationSpec GENERATED =
      AnnotationSpec.builder(ClassName.get("javax.annotation.processing", "Generated"))
          .addMember("value", "$S", "io.gshard.processor")
          .build();

  private static ClassName kernel(String name) {
    return ClassName.get("io.gshard.kernels", name);
  }

  private static ClassName runtime(String name) {
    return ClassName.get("io.gshard.runtime", name);
  }
}
