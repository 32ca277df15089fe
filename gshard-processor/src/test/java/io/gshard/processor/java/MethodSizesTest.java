package io.gshard.processor.java;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No method is too large for C2; {@link Compiled} looks at those of every other test's programs.
 */
class MethodSizesTest {
  private static byte[] classOf(int nops) {
    return ClassFile.of()
        .build(
            ClassDesc.of("demo.Large"),
            made ->
                made.withMethodBody(
                    "step",
                    ConstantDescs.MTD_void,
                    ClassFile.ACC_STATIC,
                    code -> {
                      for (int i = 0; i < nops; i++) {
                        code.nop();
                      }
                      code.return_();
                    }));
  }

  @Test
  void oneByteTooMuchIsFound() {
    assertThat(MethodSizes.tooLarge(classOf(7999))).isEmpty();
    assertThat(MethodSizes.tooLarge(classOf(8000)))
        .containsExactly(
            "demo/Large.step has 8001 bytes of bytecode, HotSpot compiles at most 8000");
  }

  /** Chains that one loop could take, and results that each need a kernel of their own. */
  @ParameterizedTest
  @ValueSource(ints = {300, 1500})
  void largePrograms(int steps) {
    StringBuilder text =
        new StringBuilder(
            """
            HloModule long

            add {
              l = f32[] parameter(0)
              r = f32[] parameter(1)
              ROOT s = f32[] add(l, r)
            }

            ENTRY main {
              a = f32[64,32] parameter(0)
              b = f32[64,32] parameter(1)
              zero = f32[] constant(0)
              v0 = f32[64,32] add(a, b)
            """);
    for (int i = 1; i < steps; i++) {
      String operation = List.of("add", "multiply", "maximum", "subtract").get(i % 4);
      text.append(
          "  v%d = f32[64,32] %s(v%d, %s)\n".formatted(i, operation, i - 1, "ab".charAt(i & 1)));
      if (i % 10 == 0) {
        text.append(
            "  s%d = f32[64] reduce(v%d, zero), dimensions={1}, to_apply=add\n".formatted(i, i));
        text.append("  w%d = f32[64,32] broadcast(s%d), dimensions={0}\n".formatted(i, i));
        text.append("  x%d = f32[64,32] multiply(v%d, w%d)\n".formatted(i, i, i));
      }
    }
    text.append("  ROOT t = (f32[64,32]");
    for (int i = 10; i < steps; i += 10) {
      text.append(", f32[64,32]");
    }
    text.append(") tuple(v%d".formatted(steps - 1));
    for (int i = 10; i < steps; i += 10) {
      text.append(", x%d".formatted(i));
    }
    text.append(")\n}\n");
    Compiled compiled =
        Compiled.of(
            List.of(
                Compiled.model(
                    "Long",
                    MeshShape.parse("d=1"),
                    List.of(),
                    Map.of("step", Compiled.replicated(HloParser.parse(text.toString()))))));
    assertThat(compiled.tooLarge()).isEmpty();
  }
}
