package io.gshard.hlo.text;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * XLA must not split them again.
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

    Body(Computation computation) {
      this.computation = computation;
      computation.instructions().forEach(i -> taken.add(i.name()));
    }

    String print() {
      text.append(computation == module.entry() ? "ENTRY %" : "%");
      text.append(names.get(computation)).append(" {\n");
      computation.instructions().forEach(this::write);
      return text.append("}\n").toString();
    }

    private void write(Instruction instruction) {
      OpFormat<?> format =
          OpTable.of(instruction.op())
              .orElseThrow(() -> new IllegalArgumentException(refusal(instruction)));
      Emission out = new Emission(this, instruction);
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

    void line(boolean root, String name, Type type, String content, Source source) {
      text.append(root ? "  ROOT %" : "  %").append(name).append(" = ").append(type);
      text.append(' ').append(content);
      if (source.isKnown()) {
        text.append(", metadata={source_file=").append(Cursor.quoted(source.file()));
        text.append(" source_line=").append(source.line());
        if (source.column() > 0) {
          text.append(" source_column=").append(source.column());
        }
        text.append('}');
      }
      text.append('\n');
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
