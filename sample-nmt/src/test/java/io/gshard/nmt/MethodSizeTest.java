package io.gshard.nmt;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.nmt.model.Nmt;
import io.gshard.runtime.Launcher;
import io.gshard.tensor.Tensor;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HotSpot never compiles a method of more bytes, whatever it is called (DontCompileHugeMethods).
 */
final class MethodSizeTest {
  private static final int HUGE = 8000;

  /** The generated programs, the kernels, the language. */
  @ParameterizedTest
  @ValueSource(classes = {Nmt.class, Launcher.class, Tensor.class})
  void noMethodIsTooLargeToBeCompiled(Class<?> member) throws IOException, URISyntaxException {
    Path place = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> found;
    if (Files.isDirectory(place)) {
      found = large(place);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        found = large(jar.getPath("/"));
      }
    }
    assertWithMessage("methods of more than %s bytes", HUGE).that(found).isEmpty();
  }

  private static List<String> large(Path root) throws IOException {
    List<String> found = new ArrayList<>();
    int methods = 0;
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        ClassModel type = ClassFile.of().parse(Files.readAllBytes(file));
        for (MethodModel method : type.methods()) {
          methods++;
          int size = method.code().map(c -> ((CodeAttribute) c).codeLength()).orElse(0);
          if (size > HUGE) {
            found.add(
                "%s.%s: %d"
                    .formatted(
                        type.thisClass().asInternalName(),
                        method.methodName().stringValue(),
                        size));
          }
        }
      }
    }
    assertThat(methods).isAtLeast(100);
    return found;
  }
}
