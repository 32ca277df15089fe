package io.gshard.hlo.text;

import io.gshard.cost.Overlap;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes a module as HLO text that XLA's own parser reads. What HLO has no word for becomes what
 * HLO has: combiners are scalar computations, running folds are windows as long as the dim, mesh
 * axes are groups of device ids. The mesh itself stands in the module's {@code
 * frontend_attributes}, so that {@link HloParser} finds the axes' names again.
 *
 * <p>A partitioned program is printed without shardings: its shapes are what each device holds, and
 * XLA must not split them again. A collective in it that overlaps what is computed ({@link
 * Overlap}) is a start where it stands and a done where its result is first used.
 *
 * <pre>{@code
 * ENTRY %main {
 *   %x = f32[4,8] parameter(0), sharding={devices=[2,1]<=[2]}
 *   ROOT %y = f32[4,8] tanh(%x), metadata={source_file="X.java" source_line=12 source_column=5}
 * }
 * }</pre>
 */
public final class HloPrinter {
  private static final Pattern ILLEGAL = Pattern.compile("[^A-Za-z0-9_.-]");

  static final String MESH = "gshard.mesh";
  static final String PARTITIONED = "gshard.partitioned";

  private final HloModule module;
  private final Map<Computation, String> names = new HashMap<>();
  private final Map<String, String> combiners = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private int channels;

  private HloPrinter(HloModule module) {
    this.module = module;
  }

  /**
   * The module's text.
   *
   * @throws IllegalArgumentException if it holds an op that earlier passes have to remove (scan,
   *     stop-gradient)
   */
  public static String print(HloModule module) {
    return new HloPrinter(module).print();
  }

  private String print() {
    List<Computation> computations = module.computations();
    computations.forEach(c -> names.put(c, unique(c.name(), used)));
    StringBuilder bodies = new StringBuilder();
    for (Computation computation : computations) {
      bodies.append(new Body(computation).print()).append('\n');
    }
    return header()
        + String.join("", combiners.values())
        + bodies.toString().stripTrailing()
        + "\n";
  }

  private String header() {
    StringBuilder header = new StringBuilder("HloModule ").append(legal(module.name()));
    if (!module.aliases().isEmpty()) {
      header.append(
          module.aliases().stream()
              .map(a -> "%s: (%d, {}, may-alias)".formatted(outputIndex(a), a.parameter()))
              .collect(Collectors.joining(", ", ", input_output_alias={ ", " }")));
    }
    if (module.mesh().devices() > 1) {
      header.append(", num_partitions=").append(module.mesh().devices());
    }
    header.append(", frontend_attributes={").append(MESH).append('=');
    header.append(Cursor.quoted(module.mesh().toString()));
    if (module.partitioned()) {
      header.append(',').append(PARTITIONED).append("=\"true\"");
    }
    module
        .boundary()
        .ifPresent(
            b -> {
              said(header, BoundaryText.PARAMETERS, b.parameterShapes(), b.parameterShardings());
              said(header, BoundaryText.RESULTS, b.resultShapes(), b.resultShardings());
            });
    return header.append("}\n\n").toString();
  }

  private void said(
      StringBuilder header, String name, List<Shape> shapes, List<Sharding> shardings) {
    header.append(',').append(name).append('=');
    header.append(Cursor.quoted(BoundaryText.print(shapes, shardings, module.mesh())));
  }

  private String outputIndex(HloModule.Alias alias) {
    return module.entry().root().type() instanceof Type.Tuple ? "{" + alias.output() + "}" : "{}";
  }

  private static String legal(String name) {
    return ILLEGAL.matcher(name).replaceAll("_");
  }

  private static String unique(String hint, Set<String> used) {
    String base = legal(hint);
    String name = base;
    for (int i = 1; !used.add(name); i++) {
      name = base + "." + i;
    }
    return name;
  }

  /** One computation while it is being written. */
  final class Body {
    private final Computation computation;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, String> identities = new HashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final Set<Instruction> overlapping;

    /** Collectives that are started, with the lines that follow where they are done. */
    private final Map<Instruction, List<String>> started = new HashMap<>();

    /** The names of values that do not have their instruction's. */
    private final Map<Instruction, String> values = new HashMap<>();

    /** What is being started: its next line is the collective. */
    private Instruction starting;

    Body(Computation computation) {
      this.computation = computation;
      computation.instructions().forEach(i -> taken.add(i.name()));
      this.overlapping = module.partitioned() ? Overlap.of(computation) : Set.of();
    }

    String print() {
      text.append(computation == module.entry() ? "ENTRY %" : "%");
      text.append(names.get(computation)).append(" {\n");
      computation.instructions().forEach(this::write);
      return text.append("}\n").toString();
    }

    private void write(Instruction instruction) {
      instruction.operands().stream()
          .map(started::remove)
          .filter(Objects::nonNull)
          .forEach(lines -> lines.forEach(text::append));
      OpFormat<?> format =
          OpTable.of(instruction.op())
              .orElseThrow(() -> new IllegalArgumentException(refusal(instruction)));
      Emission out = new Emission(this, instruction);
      starting = overlapping.contains(instruction) ? instruction : null;
      format.emit(instruction.op(), out);
      if (instruction.isSharded() && !module.partitioned()) {
        out.attribute(
            "sharding",
            ShardingText.print(instruction.shardings(), instruction.type(), module.mesh()));
      }
      line(
          instruction == computation.root(),
          instruction.name(),
          instruction.type(),
          out.toString(),
          instruction.source());
    }

    private String refusal(Instruction instruction) {
      String why =
          switch (instruction.op()) {
            case HloOp.Scan s -> "lower it to a while first";
            case Op.StopGradient s -> "it should be gone after autodiff";
            default -> "HLO text has no form for it";
          };
      return "%s at %s: cannot print %s: %s"
          .formatted(instruction, instruction.source(), ShapeInference.name(instruction.op()), why);
    }

    /** Writes a line, or keeps it for where what is being started is done; its value's name. */
    String line(boolean root, String name, Type type, String content, Source source) {
      if (starting == null) {
        text.append(lineOf(root, name, type, content, source));
        return name;
      }
      List<String> kept = started.get(starting);
      if (kept != null) {
        kept.add(lineOf(root, name, type, content, source));
        return name;
      }
      int end = content.indexOf('(');
      String opcode = content.substring(0, end);
      text.append(
          lineOf(
              false,
              name,
              startType(opcode, type),
              opcode + "-start" + content.substring(end),
              source));
      String done = unique(name + ".done");
      String last = lineOf(false, done, type, opcode + "-done(%" + name + ")", source);
      started.put(starting, new ArrayList<>(List.of(last)));
      if (name.equals(starting.name())) {
        values.put(starting, done);
      }
      return done;
    }

    /** The type that HLO says a start has. */
    private Type startType(String opcode, Type type) {
      Type operand = starting.operand(0).type();
      return switch (opcode) {
        case "all-reduce" -> type;
        case "all-gather", "collective-permute" -> new Type.Tuple(List.of(operand, type));
        default -> new Type.Tuple(List.of(new Type.Tuple(List.of(operand)), type));
      };
    }

    private static String lineOf(
        boolean root, String name, Type type, String content, Source source) {
      StringBuilder line = new StringBuilder(root ? "  ROOT %" : "  %");
      line.append(name).append(" = ").append(type).append(' ').append(content);
      if (source.isKnown()) {
        line.append(", metadata={source_file=").append(Cursor.quoted(source.file()));
        line.append(" source_line=").append(source.line());
        if (source.column() > 0) {
          line.append(" source_column=").append(source.column());
        }
        line.append('}');
      }
      return line.append('\n').toString();
    }

    /** The name of an instruction's value. */
    String nameOf(Instruction instruction) {
      return values.getOrDefault(instruction, instruction.name());
    }

    HloModule module() {
      return module;
    }

    String unique(String hint) {
      return HloPrinter.unique(hint, taken);
    }

    String nameOf(Computation called) {
      return names.get(called);
    }

    int nextChannel() {
      return ++channels;
    }

    /** The name of the scalar computation of a combiner, which is written once. */
    String combiner(Combiner combiner, DType type) {
      String key = Combiners.name(combiner, type);
      if (!names.containsValue(key) || combiners.containsKey(key)) {
        combiners.putIfAbsent(key, Combiners.print(key, combiner, type));
        used.add(key);
        return key;
      }
      // A computation of the module has the name.
      String other = "gshard." + key;
      combiners.putIfAbsent(other, Combiners.print(other, combiner, type));
      return other;
    }

    /** The name of the constant a fold starts from; it is written before its first use. */
    String identity(Combiner combiner, DType type) {
      return identities.computeIfAbsent(
          Combiners.name(combiner, type),
          key -> {
            String name = unique("start." + key);
            String value = LiteralText.print(Combiners.identity(combiner, type));
            Type scalar = new Type.Array(Shape.scalar(type));
            line(false, name, scalar, "constant(" + value + ")", Source.NONE);
            return name;
          });
    }
  }
}
