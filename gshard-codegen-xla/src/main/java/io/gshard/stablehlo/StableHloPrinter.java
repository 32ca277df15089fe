package io.gshard.stablehlo;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.text.ShardingText;
import io.gshard.mesh.Sharding;
import io.gshard.passes.BlockedCumulatives;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes a module as StableHLO text in MLIR's generic form. Tuples are gone: a value that was a
 * tuple is several values. A global program carries {@code mhlo.sharding} attributes for XLA's own
 * partitioner; in a partitioned one every value is {@code {manual}}, and collectives are over lists
 * of devices (each list stands once, at the top).
 */
public final class StableHloPrinter {
  private static final Pattern ILLEGAL = Pattern.compile("[^A-Za-z0-9_.$-]");

  static final String MANUAL = "mhlo.sharding = \"{manual}\"";

  private final HloModule module;
  private final Map<Computation, String> functions = new HashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private int channels;

  private StableHloPrinter(HloModule module) {
    this.module = module;
  }

  /**
   * The module's text; in it long running folds go in blocks ({@link BlockedCumulatives}).
   *
   * @throws IllegalArgumentException if it holds an op that earlier passes have to remove (scan,
   *     stop-gradient)
   */
  public static String print(HloModule module) {
    // In a global program XLA's partitioner is to see the folds as they are.
    boolean global = !module.partitioned() && module.mesh().devices() > 1;
    return new StableHloPrinter(global ? module : BlockedCumulatives.run(module)).print();
  }

  private String print() {
    List<Computation> called = new ArrayList<>();
    Map<String, Integer> used = new HashMap<>(Map.of("main", 1));
    for (Computation computation : module.computations()) {
      for (Instruction instruction : computation.instructions()) {
        if (instruction.op() instanceof HloOp.Call(Computation callee)
            && !functions.containsKey(callee)) {
          functions.put(callee, unique(callee.name(), used));
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
    return result
        .append(" : i32, mhlo.num_replicas = 1 : i32} {\n")
        .append(text)
        .append("}\n")
        .toString();
  }

  private void function(StringBuilder text, Computation computation, String name) {
    boolean isMain = computation == module.entry();
    StableHloBody body = new StableHloBody(this, new HashMap<>(), "    ");
    List<String> parameters = new ArrayList<>();
    for (Instruction parameter : computation.parameters()) {
      List<String> leaves = body.define(parameter);
      for (int i = 0; i < leaves.size(); i++) {
        List<String> attributes = new ArrayList<>();
        sharding(parameter, i).ifPresent(attributes::add);
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
      sharding(root, i).ifPresent(attributes::add);
      results.add(tensor(root.type().leaves().get(i)) + dictionary(attributes));
    }
    body.instructions(computation);
    text.append("  func.func ").append(isMain ? "public @" : "private @").append(name).append('(');
    text.append(String.join(", ", parameters)).append(") -> (").append(String.join(", ", results));
    text.append(") {\n").append(body.text());
    text.append("    ").append(body.terminator("func.return", root)).append("  }\n");
  }

  /**
   * The attribute that says how a leaf of a value is split. In a partitioned program it says that
   * XLA's partitioner, which PJRT runs on every program for several devices, has to leave the value
   * as it is.
   */
  Optional<String> sharding(Instruction instruction, int leaf) {
    if (isManual()) {
      return Optional.of(MANUAL);
    }
    if (!instruction.isSharded()) {
      return Optional.empty();
    }
    Sharding sharding = instruction.shardings().get(leaf);
    return Optional.of("mhlo.sharding = \"" + ShardingText.print(sharding, module.mesh()) + "\"");
  }

  /** The attribute on an op itself, for all its results. */
  Optional<String> sharding(Instruction instruction) {
    if (isManual()) {
      // One for all results: passes of MLIR drop results of loops that nothing uses.
      return Optional.of(MANUAL);
    }
    if (!instruction.isSharded()) {
      return Optional.empty();
    }
    List<Sharding> shardings = instruction.shardings();
    return Optional.of(
        "mhlo.sharding = \""
            + ShardingText.print(shardings, instruction.type(), module.mesh())
            + "\"");
  }

  boolean isManual() {
    return module.partitioned() && module.mesh().devices() > 1;
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
