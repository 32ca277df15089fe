package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Verifier;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be read is refused where it stands and by name, at once, however bad it is. */
class RefusedTextTest {
  static List<Arguments> lines() {
    return List.of(
        of("ROOT %y = s4[4] negate(%x)", "4:11: element type 's4' is not supported"),
        of("ROOT %y = f8e4m3fn[4] negate(%x)", "element type 'f8e4m3fn' is not supported"),
        of("ROOT %y = f32[<=4] negate(%x)", "dynamic dims are not supported"),
        of("ROOT %y = f32[?] negate(%x)", "4:15: dynamic dims are not supported"),
        of("ROOT %y = f32[4] dynamic-reshape(%x)", "op 'dynamic-reshape' is not supported"),
        of("ROOT %y = (f32[2], s32[]) constant(({1, 2}, 3) 4)", "did not expect '4'"),
        of("ROOT %y = (f32[2], s32[]) constant(({1, 2}))", "expected ',', found the end"),
        of("ROOT %y = (f32[2], s32[]) constant({1, 2})", "expected '(', found '{1'"),
        of("ROOT %y = f32[-4] negate(%x)", "a dim of size -4"),
        of("ROOT %y = f32[4294967296,4294967296] negate(%x)", "has too many elements"),
        of("ROOT %y = f32[99999999999999999999] negate(%x)", "expected a whole number"),
        of("ROOT %y = f32[4] constant({...})", "elements were left out when it was printed"),
        of("ROOT %y = f32[1000000000] constant({1, 2})", "expected ',', found '}'"),
        of("ROOT %y = s8[1] constant({300})", "'300' is no s8"),
        of("ROOT %y = f32[4] negate(%y)", "4:25: %y is not defined above"),
        of("ROOT %y = f32[4] stochastic-convert(%x)", "op 'stochastic-convert' is not supported"),
        of("ROOT %y = f32[4] infeed(%x)", "op 'infeed' is not supported"),
        of("ROOT %y = f32[4] call(%x), to_apply=%main", "computation %main calls itself"),
        of("ROOT %y = f32[4] call(%x), to_apply=%none", "computation %none is not defined"),
        of("ROOT %x = f32[4] negate(%x)", "%x is defined twice"),
        of("ROOT %y = f32[4] negate(%x), frob=3", "attribute frob of negate is not supported"),
        of("ROOT %y = f32[5] negate(%x)", "%y is said to be f32[5] but is f32[4]"),
        of("ROOT %y = f32[4] bitcast(%x), x={{", "a bracket that is not closed"),
        of(
            "ROOT %y = f32[4] batch-norm-inference(%x, %x, %x, %x, %x), epsilon=0.1, feature_index=1",
            "feature_index=1, expected a dim of f32[4]"),
        of(
            "ROOT %y = f32[4] batch-norm-inference(%x, %x, %x, %x, %x), epsilon=a, feature_index=0",
            "epsilon=a, expected a number"),
        of("ROOT %y = " + "(".repeat(300_000) + "f32[4]", "a type nested more than 64 deep"),
        of("ROOT %y = f32[" + "1,".repeat(20_000) + "1] parameter(1)", "an array of 20001 dims"),
        of("ROOT %y = f32[4] negate" + "(".repeat(300_000), "a bracket that is not closed"),
        of("/*", "a comment that does not end"),
        of(
            "ROOT %y = f32[4] custom-call(%x), custom_call_target=\"a",
            "a string that does not end"));
  }

  private static Arguments of(String line, String reason) {
    return Arguments.of(line, reason);
  }

  @ParameterizedTest
  @MethodSource("lines")
  void isRefused(String line, String reason) {
    String text = "HloModule m\nENTRY %main {\n  %x = f32[4] parameter(0)\n" + line + "\n}\n";
    HloSyntaxException e =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5),
            () -> assertThrows(HloSyntaxException.class, () -> HloParser.parse(text)));
    assertThat(e).hasMessageThat().contains(reason);
  }

  static List<Arguments> meshes() {
    return List.of(
        of("\"x\"=0, \"y\"=4", "mesh axis x=0: the size must be 1 or more"),
        of("\"x\"=70000, \"y\"=70000", "the mesh 'x=70000, y=70000' has too many devices"),
        of("\"x\"=9223372036854775808", "expected axes as name=size"),
        of("\"x y\"=2", "mesh 'x y=2'"));
  }

  @ParameterizedTest
  @MethodSource("meshes")
  void meshOfShardyIsRefused(String axes, String reason) {
    String text =
        "HloModule m, frontend_attributes={xla.sdy.meshes={mesh = #sdy.mesh<["
            + axes
            + "]>}}\n// xla.sdy.GlobalToLocalShape\nENTRY e { ROOT x = f32[4] parameter(0) }";
    HloSyntaxException e = assertThrows(HloSyntaxException.class, () -> HloParser.parse(text));
    assertThat(e).hasMessageThat().contains(reason);
  }

  @Test
  void theLargestMeshSurvives() {
    HloModule module =
        HloParser.parse(
            "HloModule m, num_partitions=1048576\nENTRY e { ROOT a = s8[] parameter(0), sharding={replicated} }");
    String printed = HloPrinter.print(module);
    assertThat(HloPrinter.print(HloParser.parse(printed))).isEqualTo(printed);
  }

  @Test
  void parametersInAnyOrder() {
    HloModule module =
        HloParser.parse(
            """
            ENTRY e {
              b = s32[] parameter(1)
              c = s32[] negate(b)
              a = f32[4] parameter(0)
              ROOT r = (f32[4], s32[]) tuple(a, c)
            }
            """);
    Verifier.verify(module);
    assertThat(module.entry().instructions().subList(0, 2)).isEqualTo(module.entry().parameters());
  }

  @Test
  void constantsInManyForms() {
    assertThat(constant("f32[2,2]", "{1, 2, 3, 4}"))
        .isEqualTo(constant("f32[2,2]", "{ {1, 2}, /*i0=1*/ {3, 4} }"));
    Literal odd = constant("f32[4]", "{0x1.8p1, -nan, nan(0x7fc001), -inf}");
    assertThat(odd.real(0)).isEqualTo(3.0);
    assertThat(odd.real(1)).isNaN();
    assertThat(odd.real(2)).isNaN();
    assertThat(odd.real(3)).isNegativeInfinity();
    assertThat(constant("c64[1]", "{(1, -2)}").imaginary(0)).isEqualTo(-2.0);
  }

  @Test
  void aTupleOfConstants() {
    HloModule module =
        HloParser.parse(
            "ENTRY e { ROOT t = (f32[2], (c64[], s32[]), ()) constant(( {1, 2}, ((0, -1), 3), () )) }");
    Verifier.verify(module);
    List<Literal> values = SpmdEvaluator.run(module, List.of(List.of())).getFirst();
    assertThat(values).hasSize(3);
    assertThat(values.get(0)).isEqualTo(constant("f32[2]", "{1, 2}"));
    assertThat(values.get(1)).isEqualTo(constant("c64[]", "(0, -1)"));
    assertThat(values.get(2)).isEqualTo(constant("s32[]", "3"));
  }

  /** As JAX has them of {@code lax.composite}: a call, whatever it is called. */
  @Test
  void aCompositeIsACall() {
    HloModule module =
        HloParser.parse(
            """
            %f { %p = f32[2] parameter(0) ROOT %q = f32[2] tanh(%p) }
            ENTRY e {
              x = f32[2] parameter(0)
              ROOT y = f32[2] call(x), to_apply=%f, is_composite=true, frontend_attributes={composite.attributes={n = 1 : i32},composite.name="foo.bar",composite.version="1"}
            }
            """);
    assertThat(module.entry().root().op()).isInstanceOf(HloOp.Call.class);
  }

  private static Literal constant(String type, String value) {
    HloModule module = HloParser.parse("ENTRY e { ROOT c = " + type + " constant(" + value + ") }");
    return ((Op.Constant) module.entry().root().op()).value();
  }

  /** What comes of XLA's optimisation for CPU: each device's operand for each other one. */
  @Test
  void allToAllOfSeveralArrays() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=2
            ENTRY e {
              a = f32[3] parameter(0)
              b = f32[3] parameter(1)
              t = token[] after-all()
              c = f32[3] add-dependency(b, t)
              ROOT r = (f32[3], f32[3]) all-to-all(a, c), replica_groups={{0,1}}
            }
            """);
    Verifier.verify(module);
    Literal left = Literal.ofFloats(constant("f32[3]", "{1, 2, 3}").shape(), new float[] {1, 2, 3});
    Literal right = Literal.ofFloats(left.shape(), new float[] {4, 5, 6});
    Literal more = Literal.ofFloats(left.shape(), new float[] {7, 8, 9});
    Literal most = Literal.ofFloats(left.shape(), new float[] {10, 11, 12});
    assertThat(SpmdEvaluator.run(module, List.of(List.of(left, right), List.of(more, most))))
        .isEqualTo(List.of(List.of(left, more), List.of(right, most)));
  }
}
