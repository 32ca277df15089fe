package io.gshard.hlo;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifierTest {
  private static final MeshShape MESH = MeshShape.parse("data=2, expert=4");
  private static final Shape X = Shape.of(DType.F32, 4, 8);
  private static final Source AT = new Source("Model.java", 12, 7);

  private static Instruction parameter(int index) {
    return Instruction.of(
        "p" + index, new HloOp.Parameter(index), new Type.Array(X), List.of(), AT);
  }

  private static Instruction tanh(String name, Shape shape, Instruction x) {
    return Instruction.of(
        name, new Op.Unary(Op.UnaryKind.TANH), new Type.Array(shape), List.of(x), AT);
  }

  private static HloModule module(Instruction... instructions) {
    List<Instruction> list = List.of(instructions);
    return new HloModule("m", MESH, new Computation("main", list, list.getLast()));
  }

  private static void refused(HloModule module, String message) {
    InvalidModuleException e =
        assertThrows(InvalidModuleException.class, () -> Verifier.verify(module));
    assertThat(e).hasMessageThat().isEqualTo(message);
  }

  @Test
  void wellFormed() {
    Instruction x = parameter(0);
    Verifier.verify(module(x, tanh("y", X, x).withSharding(Sharding.split(2, 0, "data"))));
  }

  @Test
  void type() {
    Instruction x = parameter(0);
    refused(
        module(x, tanh("y", Shape.of(DType.F32, 4, 9), x)),
        "%y = tanh in %main at Model.java:12:7: found type f32[4,9], expected f32[4,8]");
  }

  @Test
  void operands() {
    Instruction x = parameter(0);
    refused(
        module(tanh("y", X, x), x),
        "%y = tanh in %main at Model.java:12:7: operand %p0 is not in the computation before it");
  }

  @Test
  void names() {
    Instruction x = parameter(0);
    refused(
        module(x, tanh("p0", X, x)),
        "%p0 = tanh in %main at Model.java:12:7: another instruction has its name");
  }

  @Test
  void parameters() {
    refused(module(parameter(1)), "%main has 1 parameters, but none with the number 0");
  }

  @Test
  void root() {
    Instruction x = parameter(0);
    Instruction y = tanh("y", X, x);
    refused(
        new HloModule("m", MESH, new Computation("main", List.of(x), y)),
        "%y = tanh in %main at Model.java:12:7: the root is not in the computation");
  }

  @Test
  void shardings() {
    Instruction x = parameter(0);
    refused(
        module(x.withSharding(Sharding.replicated(3))),
        "%p0 = parameter in %main at Model.java:12:7: "
            + "sharding [{}, {}, {}] has 3 dims, f32[4,8] has 2");
    refused(
        module(x.withSharding(Sharding.split(2, 1, "model"))),
        "%p0 = parameter in %main at Model.java:12:7: sharding [{}, {model}] names the axis model,"
            + " the mesh is 'data=2, expert=4'");
  }

  @Test
  void collectives() {
    Instruction x = parameter(0);
    Instruction permute =
        Instruction.of(
            "r",
            new Op.CollectivePermute(List.of("data"), List.of(1, 1)),
            new Type.Array(X),
            List.of(x),
            AT);
    refused(
        module(x, permute),
        "%r = collective-permute in %main at Model.java:12:7: "
            + "collective-permute to [1, 1]: expected each of 0 to 1 at most once, or -1");
    Instruction swap =
        Instruction.of(
            "r",
            new Op.CollectivePermute(List.of("data"), List.of(1, 0)),
            new Type.Array(X),
            List.of(x),
            AT);
    refused(
        module(x, swap),
        "%r = collective-permute in %main at Model.java:12:7: "
            + "collective-permute in a program that is not partitioned");
  }

  @Test
  void aliases() {
    Instruction x = parameter(0);
    HloModule module = module(x, tanh("y", X, x));
    refused(
        new HloModule("m", MESH, module.entry(), List.of(new HloModule.Alias(1, 0)), false),
        "Alias[output=1, parameter=0]: there are 1 results and 1 parameters");
    Verifier.verify(
        new HloModule("m", MESH, module.entry(), List.of(new HloModule.Alias(0, 0)), false));
  }

  @Test
  void loopState() {
    GraphBuilder condition = new GraphBuilder("condition", MESH);
    Instruction wrong = condition.parameter("x", X);
    Computation c = condition.build(wrong);
    Instruction x = parameter(0);
    Instruction loop = Instruction.of("w", new HloOp.While(c, c, -1), x.type(), List.of(x), AT);
    refused(
        module(x, loop),
        "%w = while in %main at Model.java:12:7: "
            + "the condition %condition gives f32[4,8], expected pred[]");
  }

  private static final String BRANCHES =
      """
      HloModule m, num_partitions=4, frontend_attributes={gshard.mesh="data=4",gshard.partitioned="true"}

      %%add { %%x = f32[] parameter(0)
        %%y = f32[] parameter(1)
        ROOT %%r = f32[] add(%%x, %%y) }

      %%meet { %%x = f32[2] parameter(0)
        ROOT %%r = f32[2] all-reduce(%%x), replica_groups=[1,4]<=[4], to_apply=%%add }

      %%stay { ROOT %%x = f32[2] parameter(0) }

      ENTRY %%main {
        %%p = f32[2] parameter(0)
        %%start = f32[] constant(0)
        %%mine = f32[] reduce(%%p, %%start), dimensions={0}, to_apply=%%add
        %%all = f32[] all-reduce(%%mine), replica_groups=[1,4]<=[4], to_apply=%%add
        %%flag = pred[] compare(%%%s, %%start), direction=GT
        ROOT %%c = f32[2] conditional(%%flag, %%p, %%p), true_computation=%%meet, false_computation=%%stay
      }
      """;

  /** A mesh of a=2, b=3, c=2: what a quotient and a remainder of the place say, and no more. */
  @ParameterizedTest
  @CsvSource({
    "1,12,'[a, b, c]'",
    "2,12,'[a, b]'",
    "6,12,[a]",
    "1,2,[c]",
    "2,3,[b]",
    "2,6,'[a, b]'",
    "1,6,'[b, c]'",
    "4,3,'[a, b]'",
    "3,4,'[a, b, c]'",
    "1,5,'[a, b, c]'",
  })
  void aPlaceAlongAnAxisDiffersAlongThatAxis(int by, int rest, String axes) {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=12, frontend_attributes={gshard.mesh="a=2,b=3,c=2",gshard.partitioned="true"}
            ENTRY %%main {
              %%id = u32[] partition-id()
              %%place = s32[] convert(%%id)
              %%by = s32[] constant(%d)
              %%rest = s32[] constant(%d)
              %%quotient = s32[] divide(%%place, %%by)
              ROOT %%digit = s32[] remainder(%%quotient, %%rest)
            }
            """
                .formatted(by, rest));
    Set<String> differing = Uniformity.differing(module).get(module.entry().root());
    assertThat(differing.stream().sorted().toList().toString()).isEqualTo(axes);
  }

  @Test
  void devicesMayNotPartWhereTheyMeet() {
    refused(
        HloParser.parse(BRANCHES.formatted("mine")),
        "%c = conditional in %main at unknown: its condition may differ between devices along"
            + " [data], but %r in %meet is a collective");
  }

  @Test
  void devicesMeetUnderACommonCondition() {
    Verifier.verify(HloParser.parse(BRANCHES.formatted("all")));
  }
}
