package io.gshard.processor.pipeline;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.annotation.Backend;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.processor.frontend.TracedProgram;
import io.gshard.processor.program.ResultType;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgramPipelineTest {
  private static final Source AT = new Source("Net.java", 12, 7);

  @Test
  void wrongGraphIsFoundAtOnceWithItsLine() {
    Type x = new Type.Array(Shape.of(DType.F32, 4, 8));
    Type wrong = new Type.Array(Shape.of(DType.F32, 4, 9));
    Instruction p = Instruction.of("p", new HloOp.Parameter(0), x, List.of(), AT);
    Instruction y = Instruction.of("y", new Op.Unary(Op.UnaryKind.TANH), wrong, List.of(p), AT);
    HloModule module =
        new HloModule("m", MeshShape.parse("data=2"), new Computation("main", List.of(p, y), y));
    TracedProgram program =
        new TracedProgram("forward", List.of(), List.of(), new ResultType.OneTensor(), module);

    RuntimeException failure =
        assertThrows(
            ProgramPipeline.Failure.class,
            () -> ProgramPipeline.run(program, Set.of(Backend.JAVA), ""));

    assertThat(failure)
        .hasMessageThat()
        .isEqualTo(
            "the pass 'trace' failed on the program forward: io.gshard.hlo.InvalidModuleException: %y = tanh in %main at Net.java:12:7: found type f32[4,9], expected f32[4,8]");
    assertThat(((InvalidModuleException) failure.getCause()).source()).isEqualTo(AT);
  }
}
