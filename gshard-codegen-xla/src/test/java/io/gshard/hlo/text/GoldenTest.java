package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.HloModule;
import io.gshard.stablehlo.StableHloPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The text as it stands in src/test/resources/golden; {@code -Dgolden=update} rewrites it. */
class GoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  static List<HloModule> modules() {
    return Modules.all();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void hlo(HloModule module) throws IOException {
    check(module.name() + ".hlo", HloPrinter.print(module));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void stableHlo(HloModule module) throws IOException {
    check(module.name() + ".mlir", StableHloPrinter.print(module));
  }

  private static void check(String name, String text) throws IOException {
    Path file = FOLDER.resolve(name);
    if ("update".equals(System.getProperty("golden"))) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, text);
    }
    assertWithMessage(name + " (-Dgolden=update rewrites it)")
        .that(text)
        .isEqualTo(Files.readString(file));
  }
}
