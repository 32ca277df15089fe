package io.gshard.spmd.cases;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.spmd.CommunicationReport;
import io.gshard.spmd.Partitioned;
import io.gshard.stablehlo.StableHloPrinter;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes cases for {@code docs/peers/xla_cases.py}: {@code CasesExport FIRST COUNT OUT.jsonl
 * [FAMILY]}. A line for each: the module, the same with all shardings decided in Shardy's form, the
 * partitioned module, the form of it that is run, arguments whole and cut, the reference
 * evaluator's results, where each device's part of a result lies, and whether all parts are of one
 * size.
 */
public final class CasesExport {
  private CasesExport() {}

  public static void main(String[] args) throws IOException {
    String family = args.length > 3 ? args[3] : "";
    write(Long.parseLong(args[0]), Long.parseLong(args[1]), Path.of(args[2]), family);
  }

  /** All cases of the seeds whose family begins with a word. */
  static void write(long first, long count, Path file, String family) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      for (long seed = first; seed < first + count; seed++) {
        Case it = Families.of(seed);
        if (!it.family().startsWith(family)) {
          continue;
        }
        CaseCheck.Outcome outcome;
        try {
          outcome = CaseCheck.check(it);
        } catch (AssertionError e) {
          // PartitionCasesTest is where this counts; XLA has nothing to say of it.
          System.err.println("left out: " + e.getMessage().lines().findFirst().orElse(""));
          continue;
        }
        out.write(line(it, outcome));
        out.write('\n');
      }
    }
  }

  private static String line(Case it, CaseCheck.Outcome outcome) {
    Partitioned partitioned = outcome.partitioned();
    MeshShape mesh = partitioned.module().mesh();
    List<String> offsets = new ArrayList<>();
    for (int i = 0; i < partitioned.resultShapes().size(); i++) {
      offsets.add(
          offsets(partitioned.resultShapes().get(i), partitioned.resultShardings().get(i), mesh));
    }
    List<String> fields = new ArrayList<>();
    fields.add("\"seed\": " + it.seed());
    fields.add("\"family\": " + quote(it.family()));
    fields.add("\"devices\": " + it.devices());
    fields.add("\"text\": " + quote(it.text()));
    fields.add("\"shardy\": " + quote(shardy(outcome.decided())));
    fields.add("\"partitioned\": " + quote(HloPrinter.print(partitioned.module())));
    fields.add("\"program\": " + quote(HloPrinter.print(outcome.program())));
    fields.add("\"arguments\": " + literals(it.arguments()));
    fields.add(
        "\"cut\": "
            + CaseCheck.cut(partitioned, it.arguments()).stream()
                .map(CasesExport::literals)
                .collect(Collectors.joining(", ", "[", "]")));
    fields.add("\"results\": " + literals(outcome.results()));
    fields.add("\"judged\": " + it.judged());
    fields.add("\"offsets\": " + offsets);
    fields.add("\"even\": " + isEven(partitioned));
    fields.add("\"collectives\": " + collectives(partitioned.report()));
    return "{" + String.join(", ", fields) + "}";
  }

  /** Empty where StableHLO has no word for an op. */
  private static String shardy(HloModule module) {
    try {
      return StableHloPrinter.printShardy(module);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Whether all parts of parameters and results are of one size. */
  private static boolean isEven(Partitioned partitioned) {
    return isEven(partitioned.parameterShapes(), partitioned.parameterShardings(), partitioned)
        && isEven(partitioned.resultShapes(), partitioned.resultShardings(), partitioned);
  }

  private static boolean isEven(
      List<Shape> shapes, List<Sharding> shardings, Partitioned partitioned) {
    MeshShape mesh = partitioned.module().mesh();
    for (int i = 0; i < shapes.size(); i++) {
      for (int dim = 0; dim < shapes.get(i).rank(); dim++) {
        if (shapes.get(i).dim(dim) % shardings.get(i).parts(mesh, dim) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** What the partitioner itself reports: kind and bytes sent by a device, once for each run. */
  private static String collectives(CommunicationReport report) {
    return report.collectives().stream()
        .map(c -> "[%s, %d, %d]".formatted(quote(c.kind()), c.bytesPerDevice(), c.tripCount()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String offsets(Shape global, Sharding sharding, MeshShape mesh) {
    Shape local = sharding.local(mesh, global);
    List<List<Long>> all = new ArrayList<>();
    for (int device = 0; device < mesh.devices(); device++) {
      List<Long> offset = new ArrayList<>();
      for (int dim = 0; dim < global.rank(); dim++) {
        offset.add(sharding.part(mesh, device, dim) * local.dim(dim));
      }
      all.add(offset);
    }
    return all.toString();
  }

  private static String literals(List<Literal> literals) {
    return literals.stream().map(CasesExport::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  /** Element type, dims, elements; of complex ones the parts in turn. */
  private static String literal(Literal literal) {
    Shape shape = literal.shape();
    List<String> values = new ArrayList<>();
    for (long i = 0; i < shape.elements(); i++) {
      switch (shape.type().kind()) {
        case FLOATING -> values.add(Double.toString(literal.real(i)));
        case COMPLEX -> {
          values.add(Double.toString(literal.real(i)));
          values.add(Double.toString(literal.imaginary(i)));
        }
        case PREDICATE -> values.add(Long.toString(literal.integer(i)));
        case SIGNED, UNSIGNED -> values.add(literal.text(i));
      }
    }
    return "[%s, %s, %s]".formatted(quote(shape.type().hloName()), shape.dims(), values);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
