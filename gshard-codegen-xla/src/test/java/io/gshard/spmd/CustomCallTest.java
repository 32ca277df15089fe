package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.sharding.Propagation;
import org.junit.jupiter.api.Test;

/** Custom calls: elementwise ones are done on parts, others on whole arrays or not at all. */
class CustomCallTest {
  private static final String TEXT =
      """
      HloModule m, num_partitions=4
      ENTRY %main {
        %x = f32[8,6] parameter(0), sharding={devices=[4,1]<=[4]}
        %y = f32[8,6] custom-call(%x), custom_call_target="gelu", backend_config="fast", frontend_attributes={gshard.elementwise="true"}
        ROOT %z = f32[8,6] negate(%y)
      }
      """;

  private static final String SAID = ", frontend_attributes={gshard.elementwise=\"true\"}";

  private static HloModule partitioned(String text) {
    HloModule module = HloParser.parse(text);
    Verifier.verify(module);
    HloModule local = Partitioner.run(Propagation.run(module)).module();
    Verifier.verify(local);
    return local;
  }

  @Test
  void anElementwiseOneWorksOnParts() {
    HloModule local = partitioned(TEXT);
    String text = HloPrinter.print(local);
    assertThat(text)
        .containsMatch("f32\\[2,6\\](\\{1,0\\})? custom-call\\(.*custom_call_target=\"gelu\"");
    assertThat(text).contains("frontend_attributes={gshard.elementwise=\"true\"}");
    assertThat(local.entry().instructions().stream().noneMatch(i -> i.op().needsMesh())).isTrue();
    assertThat(HloPrinter.print(HloParser.parse(text))).isEqualTo(text);
  }

  @Test
  void anotherOneIsRefusedWhereItsOperandIsSplit() {
    InvalidModuleException e =
        assertThrows(InvalidModuleException.class, () -> partitioned(TEXT.replace(SAID, "")));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "%y is a custom call of \"gelu\", whose operand %x f32[8,6] is split as [{d}, {}]; say frontend_attributes={gshard.elementwise=\"true\"} if it is elementwise, or annotate the operand as replicated");
  }

  @Test
  void anotherOneWorksOnWholeArrays() {
    String text = TEXT.replace(SAID, "").replace("{devices=[4,1]<=[4]}", "{replicated}");
    assertThat(HloPrinter.print(partitioned(text)))
        .containsMatch("f32\\[8,6\\](\\{1,0\\})? custom-call");
  }

  @Test
  void anElementwiseOneHasTheSameDimsEverywhere() {
    String text =
        TEXT.replace("%y = f32[8,6]", "%y = f32[6,8]")
            .replace("f32[8,6] negate", "f32[6,8] negate");
    Exception e = assertThrows(RuntimeException.class, () -> partitioned(text));
    assertThat(e)
        .hasMessageThat()
        .contains("it is said to be elementwise, but f32[6,8] and f32[8,6] have other dims");
  }

  @Test
  void oneOnATupleIsRefused() {
    String text =
        TEXT.replace(
            "%y = f32[8,6] custom-call(%x)",
            "%t = (f32[8,6]) tuple(%x)\n  %y = f32[8,6] custom-call(%t)");
    InvalidModuleException e =
        assertThrows(InvalidModuleException.class, () -> partitioned(text.replace(SAID, "")));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "%y takes the tuple %t (f32[8,6]); only arrays can be split: give it the elements");
  }
}
