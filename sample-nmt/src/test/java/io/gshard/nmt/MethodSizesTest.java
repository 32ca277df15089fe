package io.gshard.nmt;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.runtime.Launcher;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HotSpot leaves methods of more than 8,000 bytes of bytecode (HugeMethodLimit) uncompiled. */
class MethodSizesTest {
  private static final int LIMIT = 8000;

  /** The sample's models with the programs generated for them, and the library's kernels. */
  @ParameterizedTest
  @ValueSource(classes = {io.gshard.nmt.model.Nmt.class, Launcher.class})
  void everyMethodCanBeCompiled(Class<?> member) throws IOException, URISyntaxException {
    Path place = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      check(place);
      return;
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      check(jar.getPath("/"));
    }
  }

  private static void check(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(file -> file.toString().endsWith(".class")).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
      model
          .methods()
          .forEach(
              method ->
                  method
                      .findAttribute(Attributes.code())
                      .ifPresent(
                          code ->
                              assertWithMessage("%s.%s", file, method.methodName())
                                  .that(code.codeLength())
                                  .isAtMost(LIMIT)));
    }
  }
}
