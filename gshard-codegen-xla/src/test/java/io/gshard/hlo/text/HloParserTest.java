package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Verifier;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HloParserTest {
  /** As XLA prints it. */
  private static final String XLA =
      """
      HloModule jit_f, is_scheduled=true, entry_computation_layout={(f32[4,8]{1,0})->f32[4]{0}}, num_partitions=8

      %region_0.4 (Arg_0.5: f32[], Arg_1.6: f32[]) -> f32[] {
        %Arg_0.5 = f32[] parameter(0)
        %Arg_1.6 = f32[] parameter(1)
        ROOT %add.7 = f32[] add(f32[] %Arg_0.5, f32[] %Arg_1.6)
      }

      ENTRY %main.9 (Arg_0.1: f32[4,8]) -> f32[4] {
        %Arg_0.1 = f32[4,8]{1,0:T(8,128)} parameter(0), sharding={devices=[2,1,4]0,1,2,3,4,5,6,7 last_tile_dim_replicate}
        /* the start */ %constant.2 = f32[] constant(0)
        %copy.1 = f32[4,8]{0,1} copy(%Arg_0.1)
        ROOT %reduce.8 = f32[4]{0} reduce(f32[4,8]{0,1} %copy.1, f32[] %constant.2), to_apply=%region_0.4, dimensions={1}, metadata={op_type="sum" op_name="jit(f)/sum" source_file="/a b/f.py" source_line=3}
      }
      """;

  @Test
  void readsWhatXlaPrints() {
    HloModule module = HloParser.parse(XLA);
    assertThat(module.name()).isEqualTo("jit_f");
    assertThat(module.mesh()).isEqualTo(MeshShape.parse("d0=2, d1=4"));
    assertThat(module.partitioned()).isFalse();
    Instruction root = module.entry().root();
    assertThat(root.op()).isEqualTo(new Op.Reduce(Combiner.ADD, List.of(1)));
    assertThat(root.source().toString()).isEqualTo("/a b/f.py:3:0");
    assertThat(root.operand(0).sharding()).isEqualTo(Sharding.split(2, 0, "d0"));
    assertThat(module.entry().instructions()).hasSize(2);
  }

  @Test
  void otherStartsStayRegions() {
    HloModule module = HloParser.parse(XLA.replace("constant(0)", "constant(1)"));
    assertThat(module.entry().root().op()).isInstanceOf(HloOp.ReduceRegion.class);
  }

  @Test
  void percentSignsAndShapesAreOptional() {
    HloModule module =
        HloParser.parse(
            "ENTRY e { a = s32[2] parameter(0)\n b = s32[2] parameter(1) ROOT c = s32[2] add(a, b) }");
    assertThat(module.mesh()).isEqualTo(MeshShape.SINGLE);
    assertThat(module.entry().root().op()).isEqualTo(new Op.Binary(Op.BinaryKind.ADD));
  }

  @Test
  void oneAxisWhereNothingIsSplit() {
    HloModule module =
        HloParser.parse("HloModule m, num_partitions=6\nENTRY e { ROOT a = s32[2] parameter(0) }");
    assertThat(module.mesh()).isEqualTo(MeshShape.parse("d=6"));
  }

  @Test
  void transposedTilesAndListsOfGroups() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=8
            add { x = f32[] parameter(0) y = f32[] parameter(1) ROOT r = f32[] add(y, x) }
            ENTRY e {
              a = f32[4,8] parameter(0)
              b = f32[4,8] all-reduce(a), replica_groups={{0,4},{1,5},{2,6},{3,7}}, to_apply=add
              c = f32[4,8] all-reduce(b), replica_groups=[2,4]<=[4,2]T(1,0), to_apply=add
              d = f32[4,8] all-reduce(c), replica_groups={}, to_apply=add
              ROOT e = f32[4,8] collective-permute(d), source_target_pairs={{0,4},{1,5},{2,6},{3,7}}
            }
            """);
    assertThat(module.partitioned()).isTrue();
    assertThat(module.mesh()).isEqualTo(MeshShape.parse("d0=2, d1=2, d2=2"));
    List<Instruction> all = module.entry().instructions();
    assertThat(all.get(1).op()).isEqualTo(new Op.AllReduce(Combiner.ADD, List.of("d0")));
    assertThat(all.get(2).op()).isEqualTo(new Op.AllReduce(Combiner.ADD, List.of("d0", "d1")));
    assertThat(all.get(3).op())
        .isEqualTo(new Op.AllReduce(Combiner.ADD, List.of("d0", "d1", "d2")));
    assertThat(all.get(4).op()).isEqualTo(new Op.CollectivePermute(List.of("d0"), List.of(1, -1)));
  }

  private static void refused(String text, String message) {
    HloSyntaxException e = assertThrows(HloSyntaxException.class, () -> HloParser.parse(text));
    assertThat(e).hasMessageThat().isEqualTo(message);
  }

  @Test
  void errorsSayWhereAndWhy() {
    refused("", "1:1: no computation");
    refused("ENTRY e {", "1:10: expected a name, found the end");
    refused("ENTRY e {\n a = f99[] parameter(0) }", "2:6: element type 'f99' is not supported");
    refused("ENTRY e {\n a = f32[2] tanh(b) }", "2:18: %b is not defined above");
    refused(
        "ENTRY e {\n a = f32[2] parameter(0)\n ROOT b = f32[3] tanh(a) }",
        "3:7: %b is said to be f32[3] but is f32[2]");
    refused(
        "ENTRY e {\n a = f32[2] parameter(0)\n ROOT b = f32[2] frobnicate(a) }",
        "3:7: op 'frobnicate' is not supported");
    refused(
        "ENTRY e {\n a = f32[2] parameter(0), colour=red }",
        "2:34: attribute colour of parameter is not supported");
    refused(
        "ENTRY e {\n a = f32[2] parameter(0)\n ROOT b = f32[2] reverse(a), dimensions={1} }",
        "3:7: %b: reverse: f32[2] has no dim 1");
    refused(
        "ENTRY e {\n a = f32[2] parameter(0), sharding={maximum device=0} }",
        "2:37: cannot express the sharding 'maximum'");
    refused(
        "HloModule m, num_partitions=4\nENTRY e {\n a = f32[8] parameter(0), sharding={devices=[4]0,2,3,2} }",
        "3:55: device order 0 2 3 2: expected each of 0 to 3 once");
    refused("ENTRY e {\n a = f32[2] constant({1, x}) }", "2:27: 'x' is no f32");
    refused(
        "ENTRY e {\n a = f32[2] constant({...}) }",
        "2:22: a constant whose elements were left out when it was printed");
    refused(
        "ENTRY e { a = f32[9999999999,9999999999] parameter(0) }",
        "1:41: f32[9999999999,9999999999] has too many elements");
    refused("ENTRY e { a = " + "(".repeat(100), "1:80: a type nested more than 64 deep");
  }

  /** Whatever stands there, there is a module or one kind of exception. */
  @Test
  void survivesDamage() {
    long seed = 4711;
    Random random = new Random(seed);
    List<String> texts = Modules.all().stream().map(HloPrinter::print).toList();
    String bits = "{}[]()<=,:%\"-0123456789xTe_ \n/*ROOT";
    int refused = 0;
    for (int round = 0; round < 1500; round++) {
      StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, bits.charAt(random.nextInt(bits.length())));
          default -> text.delete(at, Math.min(text.length(), at + random.nextInt(30)));
        }
      }
      try {
        HloParser.parse(text.toString());
      } catch (HloSyntaxException e) {
        refused++;
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ":\n" + text, e);
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  /** What XLA prints after its passes: tables of positions, layouts, fusions, starts and dones. */
  @Test
  void readsOptimisedText() {
    HloModule module =
        HloParser.parse(
            """
            HloModule jit_f, is_scheduled=true, entry_computation_layout={(f32[4]{0})->f32[2,2]{1,0}}, num_partitions=2

            FileNames
            1 "model.py"

            FunctionNames
            1 "f"

            FileLocations
            1 {file_name_id=1 function_name_id=1 line=53 end_line=53 column=10 end_column=61}

            StackFrames
            7 {file_location_id=1 parent_frame_id=7}


            ENTRY %main.3 (x.1: f32[4]) -> f32[2,2] {
              %x.1 = f32[4]{0:T(256)} parameter(0), metadata={op_name="x"}
              %exp = f32[4]{0} fusion(%x.1), kind=kLoop, calls=%fused, metadata={op_name="e" stack_frame_id=7}
              %s = f32[4]{0} all-reduce-start(%exp), channel_id=1, replica_groups=[1,2]<=[2], use_global_device_ids=true, to_apply=%add
              %d = f32[4]{0} all-reduce-done(%s)
              %g = (f32[4]{0}, f32[8]{0}) all-gather-start(%d), channel_id=2, replica_groups={{0,1}}, dimensions={0}
              %h = f32[8]{0} all-gather-done((f32[4]{0}, f32[8]{0}) %g)
              %c = f32[8]{0} copy(%h)
              %t = (f32[8]{0}, f32[4]{0}) tuple(%c, %d), control-predecessors={%s}
              %b = (f32[8]{0}, f32[4]{0}) opt-barrier(%t)
              %e = f32[4]{0} get-tuple-element(%b), index=1
              ROOT %r = f32[2,2]{1,0} bitcast(%e)
            }

            %add (a: f32[], b: f32[]) -> f32[] {
              %a = f32[] parameter(0)
              %b = f32[] parameter(1)
              ROOT %sum = f32[] add(%a, %b)
            }

            %fused (p: f32[4]) -> f32[4] {
              %p = f32[4]{0} parameter(0)
              ROOT %e = f32[4]{0} exponential(%p)
            }
            """);
    Verifier.verify(module);
    assertThat(module.entry().instructions().get(1).source())
        .isEqualTo(new Source("model.py", 53, 10));
    assertThat(HloPrinter.print(HloParser.parse(HloPrinter.print(module))))
        .isEqualTo(HloPrinter.print(module));
    refused(
        "HloModule m\nENTRY e {\n a = f32[2,3]{0,1:T(8,128)} parameter(0)\n ROOT b = f32[6] bitcast(a) }",
        "4:7: bitcast of f32[2,3] to f32[6] in tiles is not supported");
    refused("f { ROOT a = f32[] call(), to_apply=f }", "1:37: computation %f calls itself");
    refused("e { ROOT a = f32[] call(), to_apply=f }", "1:37: computation %f is not defined");
  }

  /** Elements in the order of memory, as each of the two arrays has it. */
  @Test
  void bitcastsBetweenLayouts() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m
            ENTRY %e {
              %a = f32[2,3]{0,1} parameter(0)
              %c = f32[2,3]{1,0} copy(%a)
              %flat = f32[6]{0} bitcast(%a)
              %same = f32[6]{0} bitcast(f32[2,3]{1,0} %c)
              %turned = f32[3,2]{1,0} bitcast(%a)
              %other = f32[3,2]{0,1} bitcast(%c)
              ROOT %r = (f32[6], f32[6], f32[3,2], f32[3,2]) tuple(%flat, %same, %turned, %other)
            }
            """);
    Verifier.verify(module);
    Shape row = Shape.of(DType.F32, 6);
    Shape turned = Shape.of(DType.F32, 3, 2);
    assertThat(
            Evaluator.run(
                module, List.of(Literal.ofReals(Shape.of(DType.F32, 2, 3), 1, 2, 3, 4, 5, 6))))
        .containsExactly(
            Literal.ofReals(row, 1, 4, 2, 5, 3, 6),
            Literal.ofReals(row, 1, 2, 3, 4, 5, 6),
            Literal.ofReals(turned, 1, 4, 2, 5, 3, 6),
            Literal.ofReals(turned, 1, 4, 2, 5, 3, 6))
        .inOrder();
  }

  @Test
  void theTopKOfXlasCpuBackEnd() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m
            %greater {
              %a = f32[] parameter(0)
              %b = f32[] parameter(1)
              ROOT %c = pred[] compare(%a, %b), direction=GT
            }
            ENTRY %e {
              %x = f32[4]{0} parameter(0)
              ROOT %t = (f32[2]{0}, s32[2]{0}) custom-call(%x), custom_call_target="TopK", called_computations={%greater}
            }
            """);
    assertThat(Evaluator.run(module, List.of(Literal.ofReals(Shape.of(DType.F32, 4), 1, 4, 3, 2))))
        .containsExactly(
            Literal.ofReals(Shape.of(DType.F32, 2), 4, 3),
            Literal.ofIntegers(Shape.of(DType.S32, 2), 1, 2))
        .inOrder();
  }

  /** Any op may be started and waited for, alone or as a computation. */
  @Test
  void asynchronousOpsAreReadAsPlainOnes() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=2

            %add {
              %a = f32[] parameter(0)
              %b = f32[] parameter(1)
              ROOT %sum = f32[] add(%a, %b)
            }

            %wrapped (p: f32[4]) -> f32[2] {
              %p = f32[4]{0} parameter(0)
              ROOT %e = f32[2]{0} reduce-scatter(%p), channel_id=3, replica_groups={{0,1}}, use_global_device_ids=true, dimensions={0}, to_apply=%add
            }

            ENTRY %main {
              %x = f32[4]{0} parameter(0)
              %w = ((f32[4]{0}), f32[2]{0}, s32[]) async-start(%x), calls=%wrapped, async_execution_thread="parallel"
              %u = ((f32[4]{0}), f32[2]{0}, s32[]) async-update(%w)
              %d = f32[2]{0} async-done(((f32[4]{0}), f32[2]{0}, s32[]) %u)
              %s = ((f32[4]{0}), f32[3]{0}, u32[]) slice-start(%x), slice={[0:3]}
              %t = f32[3]{0} slice-done(%s)
              %c = (f32[4]{0}, f32[4]{0}, u32[]) copy-start(%x)
              %f = f32[4]{0} copy-done(%c)
              %g = ((f32[4]{0}, f32[2]{0}), (f32[8]{0}, f32[4]{0})) all-gather-start(%f, %d), channel_id=2, replica_groups={{0,1}}, dimensions={0}
              %h = (f32[8]{0}, f32[4]{0}) all-gather-done(%g)
              %p = (f32[4]{0}, f32[4]{0}, u32[], u32[]) collective-permute-start(%x), channel_id=5, source_target_pairs={{0,1},{1,0}}
              %q = f32[4]{0} collective-permute-done(%p)
              ROOT %r = (f32[2]{0}, f32[3]{0}, (f32[8]{0}, f32[4]{0}), f32[4]{0}) tuple(%d, %t, %h, %q)
            }
            """);
    Verifier.verify(module);
    assertThat(module.entry().instructions().stream().map(i -> i.op().getClass().getSimpleName()))
        .containsExactly("Parameter", "Call", "Slice", "Merged", "CollectivePermute", "Tuple");
    assertThat(HloPrinter.print(HloParser.parse(HloPrinter.print(module))))
        .isEqualTo(HloPrinter.print(module));
  }

  @Test
  void aScatterThatFoldsEachArrayByItselfIsOneForEach() {
    String text =
        """
        HloModule m, num_partitions=4
        %fold {
          %a = f32[] parameter(0)
          %c = s32[] parameter(1)
          %b = f32[] parameter(2)
          %d = s32[] parameter(3)
          %x = f32[] add(%b, FIRST)
          ROOT %t = (f32[], s32[]) tuple(%x, %d)
        }
        ENTRY %main {
          %x = f32[8] parameter(0)
          %y = s32[8] parameter(1)
          %i = s32[4,1] parameter(2)
          %u = f32[4] parameter(3)
          %v = s32[4] parameter(4)
          ROOT %s = (f32[8], s32[8]) scatter(%x, %y, %i, %u, %v), update_window_dims={}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%fold
        }
        """;
    Instruction root = HloParser.parse(text.replace("FIRST", "%a")).entry().root();
    assertThat(root.operands().stream().map(x -> ((Op.Scatter) x.op()).combiner()))
        .containsExactly(Combiner.ADD, null)
        .inOrder();
    Instruction region = HloParser.parse(text.replace("FIRST", "%b")).entry().root();
    assertThat(region.op()).isInstanceOf(ArrayOp.ScatterRegion.class);
  }
}
