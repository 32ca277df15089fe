package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Verifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the printer writes, the parser reads. */
class RoundTripTest {
  static List<HloModule> modules() {
    List<HloModule> all = new ArrayList<>(Modules.all());
    all.addAll(PipelineModules.all());
    return all;
  }

  @ParameterizedTest
  @MethodSource("modules")
  void textSurvives(HloModule module) {
    Verifier.verify(module);
    String text = HloPrinter.print(module);
    HloModule read = HloParser.parse(text);
    Verifier.verify(read);
    assertThat(HloPrinter.print(read)).isEqualTo(text);
    assertThat(read.mesh()).isEqualTo(module.mesh());
    assertThat(read.aliases()).isEqualTo(module.aliases());
    assertThat(read.partitioned()).isEqualTo(module.partitioned());
  }

  /** Not the text alone: the graph is the same, op by op (where the text has no helpers). */
  @ParameterizedTest
  @MethodSource("modules")
  void graphSurvives(HloModule module) {
    HloModule read = HloParser.parse(HloPrinter.print(module));
    for (Instruction wanted : module.entry().instructions()) {
      Instruction found =
          read.entry().instructions().stream()
              .filter(i -> i.name().equals(wanted.name()))
              .findFirst()
              .orElseThrow();
      assertWithMessage(wanted.name()).that(found.type()).isEqualTo(wanted.type());
      assertWithMessage(wanted.name()).that(found.source()).isEqualTo(wanted.source());
      if (!module.partitioned()) {
        assertWithMessage(wanted.name()).that(found.shardings()).isEqualTo(wanted.shardings());
      }
    }
  }
}
