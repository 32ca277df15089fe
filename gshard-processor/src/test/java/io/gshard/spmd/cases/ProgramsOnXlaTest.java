package io.gshard.spmd.cases;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.eval.Evaluator;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.passes.fusion.UnsupportedInstruction;
import io.gshard.processor.engine.KernelsEngine;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tool.PjrtEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * XLA's devices give what our kernels give: the generated cases of every family, partitioned for 2,
 * 4 and 8 devices and whole on one, and the printers' modules. Where the kernels refuse a module,
 * the reference evaluator stands for them. {@code mvn verify -Ppjrt} after {@code bin/gshard-pjrt
 * install cpu}.
 */
@Tag("pjrt")
final class ProgramsOnXlaTest {
  /**
   * Where XLA's CPU devices and the reference evaluator differ: by a case that shows it, words of
   * how that fails. Others of its family may fail so too. What XLA has mended must leave the list.
   *
   * <ul>
   *   <li>maximum of f64 gives a number where one operand is NaN
   *   <li>an fft's operand gets a layout that the fft then refuses
   * </ul>
   */
  private static final Map<Long, String> FAULTS =
      Map.of(6L, "expected NaN", 713L, "IsMonotonicWithDim0Major");

  static Set<Long> faults() {
    return FAULTS.keySet();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void faultsAreStillThere(long seed) {
    Case it = Families.of(seed);
    assertThat(failure(it, it.devices())).contains(FAULTS.get(seed));
  }

  static Stream<String> families() {
    return Families.names().stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void generatedCasesAgree(String family) {
    Map<String, String> failures = new TreeMap<>();
    for (int devices : List.of(1, 2, 4, 8)) {
      LongStream.iterate(Families.names().indexOf(family), seed -> seed + Families.names().size())
          .mapToObj(Families::of)
          .filter(it -> devices == 1 || it.devices() == devices)
          .limit(Integer.getInteger("cases.each", 1))
          .forEach(
              it ->
                  failures.put(
                      "seed %d on %d devices".formatted(it.seed(), devices), failure(it, devices)));
    }
    failures.values().removeIf(failure -> failure.isEmpty() || isFault(family, failure));
    assertThat(failures).isEmpty();
  }

  private static boolean isFault(String family, String failure) {
    return FAULTS.entrySet().stream()
        .anyMatch(
            fault ->
                Families.name(fault.getKey()).equals(family) && failure.contains(fault.getValue()));
  }

  /** Empty if all is well. */
  private static String failure(Case it, int devices) {
    try {
      check(it, devices);
      return "";
    } catch (RuntimeException | AssertionError e) {
      return e.toString();
    }
  }

  private static void check(Case it, int devices) {
    HloModule module = HloParser.parse(it.text());
    if (devices == 1) {
      HloModule whole =
          new HloModule(
              module.name(),
              MeshShape.SINGLE,
              module.withShardings(i -> List.of()).entry(),
              module.aliases(),
              false);
      List<List<Literal>> arguments = List.of(it.arguments());
      same(ours(whole, arguments).getFirst(), xlas(whole, arguments).getFirst(), it.judged());
    } else {
      Partitioned partitioned = Partitioner.run(Propagation.run(module));
      HloModule local = partitioned.module();
      List<List<Literal>> arguments = CaseCheck.cut(partitioned, it.arguments());
      same(
          CaseCheck.join(partitioned, ours(local, arguments)),
          CaseCheck.join(partitioned, xlas(local, arguments)),
          it.judged());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "elementwise",
        "integers",
        "movement",
        "folds",
        "cumulative",
        "dots",
        "indexed",
        "constants",
        "loop",
        "branches",
        "sorted",
        "aliased",
        "collectives",
        "permutes",
        "partitioned_loop",
        "asynchronous"
      })
  void printedModulesAgree(String name) throws IOException {
    HloModule module;
    try (InputStream in = Families.class.getResourceAsStream("/golden/" + name + ".hlo")) {
      module = HloParser.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    List<List<Literal>> arguments =
        IntStream.range(0, module.mesh().devices())
            .mapToObj(device -> numbers(module, device))
            .toList();
    List<List<Literal>> expected = ours(module, arguments);
    List<List<Literal>> found = xlas(module, arguments);
    for (int device = 0; device < expected.size(); device++) {
      same(
          expected.get(device),
          found.get(device),
          Collections.nCopies(expected.get(device).size(), true));
    }
  }

  /** Small whole numbers but zero, exact in every type and in sums. */
  private static List<Literal> numbers(HloModule module, long seed) {
    Random random = new Random(seed);
    List<Literal> arguments = new ArrayList<>();
    for (Shape shape :
        module.entry().parameters().stream().flatMap(p -> p.type().stream()).toList()) {
      int[] values =
          random
              .ints(
                  shape.elements(),
                  shape.type() == DType.PRED ? 0 : 1,
                  shape.type() == DType.PRED ? 2 : 4)
              .toArray();
      arguments.add(
          switch (shape.type().kind()) {
            case FLOATING ->
                Literal.ofReals(shape, IntStream.of(values).asDoubleStream().toArray());
            case COMPLEX ->
                Literal.ofComplex(
                    shape,
                    IntStream.of(values).asDoubleStream().toArray(),
                    IntStream.of(values).asDoubleStream().toArray());
            case PREDICATE, SIGNED, UNSIGNED ->
                Literal.ofIntegers(shape, IntStream.of(values).asLongStream().toArray());
          });
    }
    return arguments;
  }

  private static void same(List<Literal> expected, List<Literal> found, List<Boolean> judged) {
    for (int i = 0; i < judged.size(); i++) {
      if (judged.get(i)) {
        CaseCheck.same("result " + i, expected.get(i), found.get(i));
      }
    }
  }

  private static List<List<Literal>> xlas(HloModule module, List<List<Literal>> arguments) {
    try (var loaded = new PjrtEngine().load(module)) {
      return loaded.run(arguments);
    }
  }

  private static List<List<Literal>> ours(HloModule module, List<List<Literal>> arguments) {
    try (var loaded = new KernelsEngine().load(module)) {
      return loaded.run(arguments);
    } catch (UnsupportedInstruction complexNumbers) {
      return module.mesh().devices() == 1
          ? List.of(Evaluator.run(module, arguments.getFirst()))
          : SpmdEvaluator.run(module, arguments);
    }
  }
}
