package io.gshard.hlo.text;

import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The ends of manual regions as JAX's {@code shard_map} has them when Shardy's form is turned into
 * HLO: custom-calls of several arrays at once, whose frontend attributes say how these are cut, by
 * the names of a mesh's axes. Each array gets ends of its own here.
 */
final class SdyRegions {
  private static final String ENTER = "xla.sdy.GlobalToLocalShape";
  private static final String LEAVE = "xla.sdy.LocalToGlobalShape";
  private static final String MESHES = "xla.sdy.meshes";
  private static final Pattern MESH = Pattern.compile("#sdy\\.mesh<\\[([^\\]]*)\\]>");
  private static final Pattern SIZE = Pattern.compile("\"([^\"]+)\"=(\\d+)");
  private static final Pattern SHARDING =
      Pattern.compile("<@[^,>]+, \\[((?:\\{[^{}]*\\}(?:, )?)*)\\]");
  private static final Pattern DIM = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern AXIS = Pattern.compile("\"([^\"]+)\"(:\\()?");

  private SdyRegions() {}

  /**
   * The mesh by whose axes a module's regions are said, as {@code x=2, y=4}; null if it has none.
   */
  static String mesh(Map<String, String> frontend, String text) {
    String said = frontend.get(MESHES);
    if (said == null || !text.contains(ENTER)) {
      return null;
    }
    Matcher matcher = MESH.matcher(said);
    if (!matcher.find()) {
      return null;
    }
    String axes =
        SIZE.matcher(matcher.group(1))
            .results()
            .map(size -> size.group(1) + "=" + size.group(2))
            .collect(Collectors.joining(", "));
    return axes.isEmpty() || matcher.find() ? null : axes;
  }

  /** What stands for an end of a region; null if the line is none. */
  static Instruction of(Reading in, ComputationReader scope) {
    String target =
        in.has("custom_call_target") ? in.attribute("custom_call_target", Cursor::string) : "";
    boolean enters = target.equals(ENTER);
    if (!enters && !target.equals(LEAVE)) {
      return null;
    }
    Map<String, String> said = in.attribute("frontend_attributes", Map.of(), Cursor::pairs);
    List<String> manual = axes(in, said.getOrDefault("xla.sdy.manual_axes", ""));
    List<Sharding> shardings =
        shardings(
            in, said.getOrDefault(enters ? "xla.sdy.in_shardings" : "xla.sdy.out_shardings", ""));
    List<Type> types = in.type() instanceof Type.Tuple(List<Type> all) ? all : List.of(in.type());
    if (shardings.size() != in.operands().size() || types.size() != in.operands().size()) {
      throw in.error(
          "%s of %d arrays gives %d and says %d shardings; expected as many of each"
              .formatted(target, in.operands().size(), types.size(), shardings.size()));
    }
    List<Instruction> results = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Instruction operand = in.operand(i);
      results.add(
          enters
              ? enter(scope, operand, types.get(i), shardings.get(i), manual)
              : call(
                  scope, HloOp.CustomCall.SHARD_TO_FULL, operand, types.get(i), shardings.get(i)));
    }
    return in.type() instanceof Type.Tuple
        ? scope.add(new HloOp.Tuple(), results)
        : results.getFirst();
  }

  private static Instruction enter(
      ComputationReader scope,
      Instruction whole,
      Type part,
      Sharding sharding,
      List<String> manual) {
    Instruction cut = call(scope, "Sharding", whole, whole.type(), sharding);
    Sharding inside = Sharding.replicated(sharding.rank());
    List<Integer> open = IntStream.range(0, sharding.rank()).boxed().toList();
    return call(
        scope,
        HloOp.CustomCall.FULL_TO_SHARD,
        cut,
        part,
        inside.with(ShardingDetails.NONE.withManual(manual).withOpen(open)));
  }

  private static Instruction call(
      ComputationReader scope, String target, Instruction operand, Type type, Sharding sharding) {
    return scope.add(new HloOp.CustomCall(target, "", type), List.of(operand), List.of(sharding));
  }

  /** Of {@code #sdy.sharding_per_value<[<@mesh, [{"x"}, {?}]>, <@mesh, []>]>}. */
  private static List<Sharding> shardings(Reading in, String text) {
    List<Sharding> result = new ArrayList<>();
    Matcher matcher = SHARDING.matcher(text);
    while (matcher.find()) {
      List<List<String>> dims = new ArrayList<>();
      List<Integer> open = new ArrayList<>();
      Matcher dim = DIM.matcher(matcher.group(1));
      while (dim.find()) {
        if (dim.group(1).contains("?")) {
          open.add(dims.size());
        }
        dims.add(axes(in, dim.group(1)));
      }
      result.add(new Sharding(dims).with(ShardingDetails.NONE.withOpen(open)));
    }
    return result;
  }

  private static List<String> axes(Reading in, String text) {
    List<String> axes = new ArrayList<>();
    Matcher matcher = AXIS.matcher(text);
    while (matcher.find()) {
      if (matcher.group(2) != null || !in.mesh().has(matcher.group(1))) {
        throw in.error(
            "%s: expected whole axes of the mesh '%s'".formatted(text.strip(), in.mesh()));
      }
      axes.add(matcher.group(1));
    }
    if (new HashSet<>(axes).size() < axes.size()) {
      throw in.error(text.strip() + " names an axis twice");
    }
    return axes;
  }
}
