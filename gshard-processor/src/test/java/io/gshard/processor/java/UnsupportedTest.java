package io.gshard.processor.java;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.passes.fusion.UnsupportedInstruction;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the back end refuses, and what it says. */
class UnsupportedTest {
  private static final MeshShape MESH = MeshShape.parse("data=2");
  private static final Source LINE = new Source("Mlp.java", 12, 5);

  private static UnsupportedInstruction refused(GraphBuilder graph, Instruction root) {
    HloModule module =
        new HloModule("test", MESH, graph.build(graph.tuple(List.of(root))), List.of(), true);
    return assertThrows(
        UnsupportedInstruction.class,
        () ->
            JavaBackend.write(
                Compiled.model(
                    "Test", MESH, List.of(), Map.of("test", Compiled.replicated(module)))));
  }

  @Test
  void elementType() {
    GraphBuilder graph = new GraphBuilder("main", MESH);
    graph.at(LINE);
    Instruction x = graph.parameter("x", Shape.of(DType.C64, 3));
    UnsupportedInstruction e = refused(graph, graph.add(new Op.Unary(Op.UnaryKind.TANH), x));
    assertThat(e).hasMessageThat().contains("the Java back end has no element type c64");
    assertThat(e).hasMessageThat().contains("x = c64[3] parameter at Mlp.java:12:5");
    assertThat(e.source()).isEqualTo(LINE);
  }

  @Test
  void opOfAnotherTarget() {
    GraphBuilder graph = new GraphBuilder("main", MESH);
    Type type = new Type.Array(Shape.of(DType.F32, 3));
    Instruction x = graph.parameter("x", type);
    graph.at(LINE);
    UnsupportedInstruction e =
        refused(graph, graph.add(new HloOp.CustomCall("TopK", "", type), type, List.of(x)));
    assertThat(e).hasMessageThat().contains("has no custom-call of TopK");
    assertThat(e.source()).isEqualTo(LINE);
  }

  @Test
  void tooLarge() {
    GraphBuilder graph = new GraphBuilder("main", MESH);
    Instruction x = graph.parameter("x", Shape.of(DType.F32, 1 << 16, 1 << 15));
    UnsupportedInstruction e = refused(graph, graph.add(new Op.Unary(Op.UnaryKind.TANH), x));
    assertThat(e).hasMessageThat().contains("an array of 2147483648 elements on one device");
  }
}
