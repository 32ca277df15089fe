package io.gshard.processor.engine;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Shards;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.npz.Npz;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.Literal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What XLA prints of programs written in JAX is read, and gives what XLA gives: by the reference
 * evaluator and by the kernels, with shardings on 8 devices and as compiled for one. {@code mvn
 * test -Pxla -Dxla.python=venv/bin/python -Dtest=JaxProgramsTest}.
 */
@Tag("xla")
class JaxProgramsTest {
  private static final String COMPILED = ".compiled.hlo";

  @Test
  void programsGiveWhatXlaGives() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/jax-programs").toAbsolutePath());
    Process process =
        new ProcessBuilder(
                System.getProperty("xla.python", "python3"),
                "../docs/peers/jax_programs.py",
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertWithMessage(output).that(process.waitFor()).isEqualTo(0);
    List<String> wrong = new ArrayList<>();
    List<Path> texts;
    try (Stream<Path> files = Files.list(folder)) {
      texts = files.filter(f -> f.toString().endsWith(".hlo")).sorted().toList();
    }
    assertThat(texts.size()).isAtLeast(100);
    for (Path text : texts) {
      check(text, wrong);
    }
    assertWithMessage(String.join("\n", wrong)).that(wrong).isEmpty();
  }

  private static void check(Path text, List<String> wrong) throws IOException {
    String file = text.getFileName().toString();
    boolean compiled = file.endsWith(COMPILED);
    String name = file.substring(0, file.indexOf('.'));
    Map<String, Literal> given = Npz.read(text.resolveSibling(name + ".in.npz"));
    Map<String, Literal> expected = Npz.read(text.resolveSibling(name + ".out.npz"));
    try {
      HloModule module = HloParser.parse(Files.readString(text), OptionalInt.of(compiled ? 1 : 8));
      Partitioned partitioned = Partitioner.run(Propagation.run(module));
      List<List<Literal>> arguments = arguments(partitioned, given);
      compare(
          file + ", evaluator",
          partitioned,
          SpmdEvaluator.run(partitioned.module(), arguments),
          expected,
          wrong);
      try (var loaded = new KernelsEngine().load(partitioned.module())) {
        compare(file + ", kernels", partitioned, loaded.run(arguments), expected, wrong);
      }
    } catch (RuntimeException e) {
      wrong.add(file + ": " + e);
    }
  }

  private static List<List<Literal>> arguments(
      Partitioned partitioned, Map<String, Literal> given) {
    int devices = partitioned.module().mesh().devices();
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      arguments.add(new ArrayList<>());
    }
    for (int i = 0; i < partitioned.parameterShardings().size(); i++) {
      List<Literal> shards =
          Shards.split(
              given.get("arg" + i),
              partitioned.parameterShardings().get(i),
              partitioned.module().mesh());
      for (int device = 0; device < devices; device++) {
        arguments.get(device).add(shards.get(device));
      }
    }
    return arguments;
  }

  private static void compare(
      String what,
      Partitioned partitioned,
      List<List<Literal>> found,
      Map<String, Literal> expected,
      List<String> wrong) {
    for (int i = 0; i < expected.size(); i++) {
      Literal right = expected.get("result" + i);
      int leaf = i;
      Literal joined =
          Shards.join(
              found.stream().map(results -> results.get(leaf)).toList(),
              partitioned.resultShardings().get(i),
              partitioned.module().mesh(),
              right.shape());
      for (long at = 0; at < right.shape().elements(); at++) {
        double x = joined.real(at);
        double y = right.real(at);
        if (!(Math.abs(x - y) <= 2e-5 + 2e-4 * Math.abs(y)) && Double.compare(x, y) != 0) {
          wrong.add("%s: element %d of result %d is %s, XLA's %s".formatted(what, at, i, x, y));
          break;
        }
      }
    }
  }
}
