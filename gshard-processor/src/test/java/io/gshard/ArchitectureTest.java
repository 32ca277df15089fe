package io.gshard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, as ARCHITECTURE.md draws them: no other way round. */
final class ArchitectureTest {
  private static final String[] LANGUAGE = {
    "io.gshard.annotation..",
    "io.gshard.tensor..",
    "io.gshard.op..",
    "io.gshard.mesh..",
    "io.gshard.nn..",
    "io.gshard.xla.."
  };
  private static final String[] COMPILER = {
    "io.gshard.hlo..",
    "io.gshard.trace..",
    "io.gshard.autodiff..",
    "io.gshard.passes..",
    "io.gshard.sharding..",
    "io.gshard.spmd..",
    "io.gshard.memory..",
    "io.gshard.stablehlo..",
    "io.gshard.eval..",
    "io.gshard.cost..",
    "io.gshard.npz..",
    "io.gshard.tool.."
  };
  private static final String[] RUNTIME = {
    "io.gshard.kernels..",
    "io.gshard.runtime..",
    "io.gshard.collective..",
    "io.gshard.eager..",
    "io.gshard.pjrt..",
    "io.gshard.mpi.."
  };
  private static final String[] PROCESSOR = {"io.gshard.processor.."};

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // The compiler's tests come as a jar where the build packs.
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.gshard");

  @Test
  void theLanguageKnowsNobody() {
    forbid(LANGUAGE, COMPILER, RUNTIME, PROCESSOR);
  }

  @Test
  void theCompilerKnowsTheLanguageAlone() {
    forbid(COMPILER, RUNTIME, PROCESSOR);
    noClasses()
        .that()
        .resideInAnyPackage(COMPILER)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.sun.source..", "javax.annotation.processing..")
        .check(CLASSES);
  }

  @Test
  void theRuntimeKnowsTheLanguageAlone() {
    forbid(RUNTIME, COMPILER, PROCESSOR);
  }

  @Test
  void theProcessorNeverLoadsTheRuntime() {
    forbid(PROCESSOR, RUNTIME);
  }

  @Test
  void everyClassHasARoom() {
    String[] rooms =
        Stream.of(LANGUAGE, COMPILER, RUNTIME, PROCESSOR)
            .flatMap(Arrays::stream)
            .toArray(String[]::new);
    classes().should().resideInAnyPackage(rooms).check(CLASSES);
  }

  private static void forbid(String[] from, String[]... to) {
    for (String[] packages : to) {
      noClasses()
          .that()
          .resideInAnyPackage(from)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(packages)
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }
}
