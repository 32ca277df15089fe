package io.gshard.stablehlo;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.passes.BlockedCumulatives;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes a module as StableHLO text in MLIR's generic form. Tuples are gone: a value that was a
 * tuple is several values. A global program carries its shardings for XLA's own partitioner, in
 * either form that it reads; in a partitioned one every value is {@code {manual}}, and collectives
 * are over lists of devices (each list stands once, at the top).
 */
public final class StableHloPrinter {
  private static final Pattern ILLEGAL = Pattern.compile("[^A-Za-z0-9_.$-]");

  private final HloModule module;
  private final ShardingForm form;
  private final Map<String, Integer> symbols;
  private final Map<Computation, String> functions = new HashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private int channels;

  private StableHloPrinter(HloModule module, ShardingForm form, Map<String, Integer> symbols) {
    this.module = module;
    this.form = form;
    this.symbols = symbols;
  }

  /**
   * The module's text, a global one's shardings as {@code mhlo.sharding}; in it long running folds
   * go in blocks ({@link BlockedCumulatives}).
   *
   * @throws IllegalArgumentException if it holds an op that earlier passes have to remove (scan,
   *     stop-gradient)
   */
  public static String print(HloModule module) {
    boolean several = module.mesh().devices() > 1;
    ShardingForm form =
        several && module.partitioned() ? new ManualForm() : new MhloForm(module.mesh());
    // In a global program XLA's partitioner is to see the folds as they are.
    boolean global = several && !module.partitioned();
    return new StableHloPrinter(global ? module : BlockedCumulatives.run(module), form, symbols())
        .print();
  }

  /**
   * A global module's text, its shardings in Shardy's form.
   *
   * @throws IllegalArgumentException as {@link #print(HloModule)}; if the module is partitioned; if
   *     Shardy has no word for what a sharding says, or for a manual region
   */
  public static String printShardy(HloModule module) {
    if (module.partitioned()) {
      throw new IllegalArgumentException(
          "%s is partitioned: Shardy's form is of the program before that, with its shardings"
              .formatted(module.name()));
    }
    String obstacle = ManualComputation.obstacle(module);
    if (!obstacle.isEmpty()) {
      throw new IllegalArgumentException(
          obstacle + "; Shardy's form has no such manual regions, --stablehlo writes them");
    }
    Map<String, Integer> symbols = symbols();
    return new StableHloPrinter(module, new ShardyForm(module.mesh(), symbols), symbols).print();
  }

  /** Whether Shardy's form has words for a global module's manual regions. */
  public static boolean hasShardyForm(HloModule module) {
    return ManualComputation.obstacle(module).isEmpty();
  }

  /** Names of functions and meshes, for {@link #unique}. */
  private static Map<String, Integer> symbols() {
    return new HashMap<>(Map.of("main", 1));
  }

  private String print() {
    List<Computation> called = new ArrayList<>();
    for (Computation computation : module.computations()) {
      for (Instruction instruction : computation.instructions()) {
        if (instruction.op() instanceof HloOp.Call(Computation callee)
            && !functions.containsKey(callee)) {
          functions.put(callee, unique(callee.name(), symbols));
          called.add(callee);
        }
      }
    }
    StringBuilder text = new StringBuilder();
    function(text, module.entry(), "main");
    called.forEach(c -> function(text, c, functions.get(c)));
    StringBuilder result = new StringBuilder();
    aliases.forEach((value, name) -> result.append(name).append(" = ").append(value).append('\n'));
    result.append("module @").append(legal(module.name()));
    result.append(" attributes {mhlo.num_partitions = ").append(module.mesh().devices());
    result.append(" : i32, mhlo.num_replicas = 1 : i32} {\n");
    form.declarations().forEach(d -> result.append("  ").append(d).append('\n'));
    return result.append(text).append("}\n").toString();
  }

  private void function(StringBuilder text, Computation computation, String name) {
    boolean isMain = computation == module.entry();
    StableHloBody body = new StableHloBody(this, new HashMap<>(), "    ");
    List<String> parameters = new ArrayList<>();
    for (Instruction parameter : computation.parameters()) {
      List<String> leaves = body.define(parameter);
      for (int i = 0; i < leaves.size(); i++) {
        List<String> attributes = new ArrayList<>();
        form.boundary(parameter, i).ifPresent(attributes::add);
        if (isMain) {
          int index = parameters.size();
          module.aliases().stream()
              .filter(a -> a.parameter() == index)
              .forEach(a -> attributes.add("tf.aliasing_output = " + a.output() + " : i32"));
        }
        parameters.add(
            leaves.get(i)
                + ": "
                + tensor(parameter.type().leaves().get(i))
                + dictionary(attributes));
      }
    }
    List<String> results = new ArrayList<>();
    Instruction root = computation.root();
    for (int i = 0; i < root.type().leaves().size(); i++) {
      List<String> attributes = new ArrayList<>();
      form.boundary(root, i).ifPresent(attributes::add);
      results.add(tensor(root.type().leaves().get(i)) + dictionary(attributes));
    }
    body.instructions(computation);
    text.append("  func.func ").append(isMain ? "public @" : "private @").append(name).append('(');
    text.append(String.join(", ", parameters)).append(") -> (").append(String.join(", ", results));
    text.append(") {\n").append(body.text());
    text.append("    ").append(body.terminator("func.return", root)).append("  }\n");
  }

  ShardingForm form() {
    return form;
  }

  HloModule module() {
    return module;
  }

  String function(Computation computation) {
    return functions.get(computation);
  }

  int nextChannel() {
    return ++channels;
  }

  /** A name for a long attribute, which is then written once. */
  String alias(String value) {
    return aliases.computeIfAbsent(value, v -> "#devices" + aliases.size());
  }

  static String dictionary(List<String> attributes) {
    return attributes.isEmpty() ? "" : " {" + String.join(", ", attributes) + "}";
  }

  static String legal(String name) {
    String legal = ILLEGAL.matcher(name).replaceAll("_");
    return legal.isEmpty() || Character.isDigit(legal.charAt(0)) ? "_" + legal : legal;
  }

  /**
   * A name that is not used yet.
   *
   * @param used each name with the number to try next where it is wanted again
   */
  static String unique(String hint, Map<String, Integer> used) {
    String base = legal(hint);
    Integer next = used.putIfAbsent(base, 1);
    if (next == null) {
      return base;
    }
    int number = next;
    while (used.putIfAbsent(base + "_" + number, 1) != null) {
      number++;
    }
    used.put(base, number + 1);
    return base + "_" + number;
  }

  /** MLIR's type of an array. */
  static String tensor(Shape shape) {
    StringBuilder text = new StringBuilder("tensor<");
    shape.dims().forEach(d -> text.append(d).append('x'));
    return text.append(StableHloLiteral.element(shape.type())).append('>').toString();
  }

  static List<String> tensors(Type type) {
    return type.leaves().stream().map(StableHloPrinter::tensor).toList();
  }
}
