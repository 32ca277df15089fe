package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.eval.Shards;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.stablehlo.StableHloPrinter;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * XLA compiles and runs what the printers write, and agrees with the reference evaluator. Needs a
 * Python with jax 0.10.2: {@code mvn test -Pxla -Dxla.python=venv/bin/python}.
 */
@Tag("xla")
class XlaTest {
  private static final long SEED = 20240617;

  @Test
  void xlaAgrees() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/xla").toAbsolutePath());
    List<HloModule> modules = new ArrayList<>(Modules.all());
    modules.addAll(PipelineModules.all());
    modules.addAll(ArrayOpTextTest.modules());
    for (HloModule module : modules) {
      write(folder, module);
    }
    for (String name : List.of("shard_map", "two_regions", "nested_regions")) {
      writeManual(folder, name);
    }
    String python = System.getProperty("xla.python", "python3");
    Process process =
        new ProcessBuilder(python, "../docs/peers/xla_check.py", folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertWithMessage("seed %s\n%s", SEED, output).that(process.waitFor()).isEqualTo(0);
  }

  /** Random numbers, and complex ones, which the script does not read: XLA compiles them only. */
  private static boolean isOnlyCompiled(HloModule module) {
    return module.entry().instructions().stream()
        .anyMatch(
            i ->
                i.op() instanceof ArrayOp.Rng
                    || i.op() instanceof ArrayOp.RngBitGenerator
                    || i.op() instanceof ArrayOp.Cholesky
                    || i.type().leaves().stream().anyMatch(s -> s.type().isComplex()));
  }

  private static void write(Path folder, HloModule module) throws IOException {
    Files.writeString(folder.resolve(module.name() + ".hlo"), HloPrinter.print(module));
    Files.writeString(folder.resolve(module.name() + ".mlir"), StableHloPrinter.print(module));
    if (!isOnlyCompiled(module)) {
      writeValues(folder, module);
    }
  }

  /** A program with manual regions, in Shardy's form; XLA has to give what our partition gives. */
  private static void writeManual(Path folder, String name) throws IOException {
    HloModule decided =
        Propagation.run(
            HloParser.parse(
                Files.readString(Path.of("src/test/resources/manual/" + name + ".hlo"))));
    Partitioned partitioned = Partitioner.run(decided);
    Files.writeString(folder.resolve(name + ".global.mlir"), StableHloPrinter.printShardy(decided));
    Random random = new Random(SEED);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < decided.mesh().devices(); device++) {
      arguments.add(new ArrayList<>());
    }
    for (int i = 0; i < partitioned.parameterShapes().size(); i++) {
      Literal whole = random(random, partitioned.parameterShapes().get(i));
      List<Literal> parts =
          Shards.split(whole, partitioned.parameterShardings().get(i), decided.mesh());
      for (int device = 0; device < arguments.size(); device++) {
        arguments.get(device).add(parts.get(device));
      }
    }
    writeValues(
        folder.resolve(name + ".global.txt"),
        arguments,
        SpmdEvaluator.run(partitioned.module(), arguments));
  }

  private static void writeValues(Path folder, HloModule module) throws IOException {
    int devices = module.partitioned() ? module.mesh().devices() : 1;
    Random random = new Random(SEED);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      List<Literal> own = new ArrayList<>();
      for (Instruction parameter : module.entry().parameters()) {
        // A scalar is the same everywhere.
        boolean copied = device > 0 && parameter.shape().isScalar();
        own.add(copied ? arguments.getFirst().get(own.size()) : random(random, parameter.shape()));
      }
      arguments.add(own);
    }
    List<List<Literal>> results =
        module.partitioned()
            ? SpmdEvaluator.run(module, arguments)
            : List.of(Evaluator.run(module, arguments.getFirst()));
    writeValues(folder.resolve(module.name() + ".txt"), arguments, results);
  }

  private static void writeValues(
      Path file, List<List<Literal>> arguments, List<List<Literal>> results) throws IOException {
    int devices = arguments.size();
    StringBuilder text = new StringBuilder();
    text.append(devices).append(' ').append(arguments.getFirst().size()).append(' ');
    text.append(results.getFirst().size()).append('\n');
    for (int device = 0; device < devices; device++) {
      arguments.get(device).forEach(a -> text.append(line(a)));
      results.get(device).forEach(r -> text.append(line(r)));
    }
    Files.writeString(file, text);
  }

  private static Literal random(Random random, Shape shape) {
    double[] values = new double[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (shape.type().kind()) {
            case FLOATING, COMPLEX -> 0.05 + 0.9 * random.nextDouble();
            case PREDICATE -> random.nextInt(2);
            case SIGNED, UNSIGNED -> 1 + random.nextInt(3);
          };
    }
    if (shape.type().isFloating()) {
      return Literal.ofReals(shape, values);
    }
    long[] integers = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = (long) values[i];
    }
    return Literal.ofIntegers(shape, integers);
  }

  private static String line(Literal literal) {
    Shape shape = literal.shape();
    StringBuilder text = new StringBuilder(shape.type().hloName()).append(' ');
    text.append(
        shape.isScalar()
            ? "-"
            : shape.dims().stream().map(String::valueOf).collect(Collectors.joining(",")));
    for (long i = 0; i < shape.elements(); i++) {
      text.append(' ');
      if (shape.type().isFloating()) {
        double value = literal.real(i);
        text.append(
            Double.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : Double.toString(value));
      } else {
        text.append(
            shape.type() == DType.U64
                ? Long.toUnsignedString(literal.integer(i))
                : Long.toString(literal.integer(i)));
      }
    }
    return text.append('\n').toString();
  }
}
