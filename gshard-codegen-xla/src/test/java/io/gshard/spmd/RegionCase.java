package io.gshard.spmd;

import io.gshard.hlo.text.ShardingText;
import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One program written twice: with a region that is manual along mesh axis m, and as what that
 * means: the parts of all places on m in one array with one more dim in front.
 */
final class RegionCase {
  private static final String SUM =
      "%sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }\n";

  private record Part(String name, long rows, long columns) {}

  final MeshShape mesh;
  private final Random random;
  private final int m;
  private final StringBuilder bodies = new StringBuilder();
  private final StringBuilder stackedBodies = new StringBuilder();
  private final StringBuilder region = new StringBuilder();
  private final StringBuilder stacked = new StringBuilder();
  private final List<Part> parts = new ArrayList<>();
  private int next;

  RegionCase(long seed) {
    random = new Random(seed);
    mesh =
        MeshShape.parse(
            List.of("m=2,a=2", "a=2,m=2", "m=2,a=3", "a=3,m=2", "m=4,a=2", "b=2,m=2,a=2", "m=3,a=2")
                .get(random.nextInt(7)));
    m = mesh.size("m");
    parameter(0, m * (1L + random.nextInt(3)) * m, 1L + random.nextInt(9), 0);
    parameter(1, parts.getFirst().rows() * m, m * parts.getFirst().columns(), 1);
    for (int i = 2 + random.nextInt(7); i > 0; i--) {
      step(any());
    }
  }

  String region() {
    Part last = parts.getLast();
    String out =
        "ROOT %%out = f32[%d,%d] custom-call(%s), custom_call_target=\"SPMDShardToFullShape\", sharding=%s%s\n"
            .formatted(
                last.rows() * m,
                last.columns(),
                last.name(),
                text(spread(0).plain(), List.of()),
                open());
    return header() + SUM + bodies + "ENTRY %main {\n" + region + out + "}\n";
  }

  String stacked() {
    Part last = parts.getLast();
    String out =
        "ROOT %%out = f32[%d,%d] reshape(%s)\n"
            .formatted(last.rows() * m, last.columns(), last.name());
    return "HloModule g\n" + SUM + stackedBodies + "ENTRY %main {\n" + stacked + out + "}\n";
  }

  private String header() {
    return "HloModule r, num_partitions=%d, frontend_attributes={%s}\n"
        .formatted(mesh.devices(), "gshard.mesh=\"" + mesh.toString().replace(" ", "") + "\"");
  }

  private String open() {
    return random.nextBoolean() ? ", backend_config=\"unspecified_dims=[0,1]\"" : "";
  }

  /** Split along m in a dim. */
  private Sharding spread(int dim) {
    return Sharding.split(2, dim, "m");
  }

  private String text(Sharding sharding, List<String> manual) {
    ShardingDetails details = ShardingDetails.NONE.withManual(manual).withOrder(sharding.order());
    return ShardingText.print(sharding.with(details), mesh);
  }

  /** Half of the time none, else one in which each device stays where it is along m. */
  private DeviceOrder order() {
    if (random.nextBoolean()) {
      return null;
    }
    List<Integer> devices = new ArrayList<>(Collections.nCopies(mesh.devices(), 0));
    for (int at = 0; at < m; at++) {
      int here = at;
      List<Integer> places =
          IntStream.range(0, mesh.devices())
              .filter(d -> mesh.coordinate(d, "m") == here)
              .boxed()
              .toList();
      List<Integer> shuffled = new ArrayList<>(places);
      Collections.shuffle(shuffled, random);
      for (int i = 0; i < places.size(); i++) {
        devices.set(places.get(i), shuffled.get(i));
      }
    }
    return DeviceOrder.of(devices).orNull();
  }

  private Sharding others() {
    return random.nextInt(4) == 0
        ? Sharding.replicated(2)
        : Sharding.split(2, random.nextInt(2), "a");
  }

  /** A parameter, cut along m in a dim, comes into the region. */
  private void parameter(int number, long rows, long columns, int dim) {
    String p = "%p" + number;
    Sharding said = others();
    Sharding cut = said.with(dim, ReshardPlanner.joined(List.of("m"), said.axes(dim)));
    region.append(
        "%s = f32[%d,%d] parameter(%d), sharding=%s\n"
            .formatted(p, rows, columns, number, text(cut, List.of())));
    String name = "%v" + next++;
    Part part = new Part(name, dim == 0 ? rows / m : rows, dim == 1 ? columns / m : columns);
    region.append(
        "%s = f32[%d,%d] custom-call(%s), custom_call_target=\"SPMDFullToShardShape\", sharding=%s%s\n"
            .formatted(
                name,
                part.rows(),
                part.columns(),
                p,
                text(Sharding.replicated(2), List.of("m")),
                open()));
    stacked.append("%s = f32[%d,%d] parameter(%d)\n".formatted(p, rows, columns, number));
    unfold(stacked, name, p, part, dim);
    parts.add(part);
  }

  /** The parts of an array, cut in a dim, in one with one more dim. */
  private void unfold(StringBuilder to, String name, String from, Part part, int dim) {
    if (dim == 0) {
      to.append(
          "%s = f32[%d,%d,%d] reshape(%s)\n".formatted(name, m, part.rows(), part.columns(), from));
    } else {
      to.append(
          "%s.c = f32[%d,%d,%d] reshape(%s)\n"
              .formatted(name, part.rows(), m, part.columns(), from));
      to.append(
          "%s = f32[%d,%d,%d] transpose(%s.c), dimensions={1,0,2}\n"
              .formatted(name, m, part.rows(), part.columns(), name));
    }
  }

  /** The other way: what devices hold, joined along a dim. */
  private String join(StringBuilder to, String name, Part x, int dim) {
    String joined = name + ".j";
    if (dim == 0) {
      to.append(
          "%s = f32[%d,%d] reshape(%s)\n".formatted(joined, x.rows() * m, x.columns(), x.name()));
    } else {
      to.append(
          "%s.t = f32[%d,%d,%d] transpose(%s), dimensions={1,0,2}\n"
              .formatted(joined, x.rows(), m, x.columns(), x.name()));
      to.append(
          "%s = f32[%d,%d] reshape(%s.t)\n".formatted(joined, x.rows(), x.columns() * m, joined));
    }
    return joined;
  }

  private void everywhere(StringBuilder to, String name, String from, long rows, long columns) {
    to.append(
        "%s = f32[%d,%d,%d] broadcast(%s), dimensions={1,2}\n"
            .formatted(name, m, rows, columns, from));
  }

  private Part any() {
    return parts.get(random.nextInt(parts.size()));
  }

  private Part made(Part like) {
    return made(like.rows(), like.columns());
  }

  private Part made(long rows, long columns) {
    Part part = new Part("%v" + next++, rows, columns);
    parts.add(part);
    return part;
  }

  private void both(Part result, String op, Object... arguments) {
    String line = op.formatted(arguments);
    region.append(
        "%s = f32[%d,%d] %s\n".formatted(result.name(), result.rows(), result.columns(), line));
    stacked.append(
        "%s = f32[%d,%d,%d] %s\n"
            .formatted(result.name(), m, result.rows(), result.columns(), line));
  }

  private void onlyRegion(Part result, String op, Object... arguments) {
    region.append(
        "%s = f32[%d,%d] %s\n"
            .formatted(result.name(), result.rows(), result.columns(), op.formatted(arguments)));
  }

  private void onlyStacked(Part result, String op, Object... arguments) {
    stacked.append(
        "%s = f32[%d,%d,%d] %s\n"
            .formatted(result.name(), m, result.rows(), result.columns(), op.formatted(arguments)));
  }

  /** The devices that differ in their place on m alone. */
  private String groups() {
    int stride = mesh.stride("m");
    return "replica_groups="
        + IntStream.range(0, mesh.devices())
            .filter(d -> d / stride % m == 0)
            .mapToObj(
                d ->
                    IntStream.range(0, m)
                        .mapToObj(i -> "" + (d + i * stride))
                        .collect(Collectors.joining(",", "{", "}")))
            .collect(Collectors.joining(",", "{", "}"))
        + ", channel_id=1, use_global_device_ids=true";
  }

  private void step(Part x) {
    switch (random.nextInt(11)) {
      case 0 -> both(made(x), "tanh(%s)", x.name());
      case 1 -> {
        Part r = made(x.columns(), x.rows());
        onlyRegion(r, "transpose(%s), dimensions={1,0}", x.name());
        onlyStacked(r, "transpose(%s), dimensions={0,2,1}", x.name());
      }
      case 2 -> {
        Part r = made(x.rows(), x.rows());
        onlyRegion(
            r,
            "dot(%s, %s), lhs_contracting_dims={1}, rhs_contracting_dims={1}",
            x.name(),
            x.name());
        onlyStacked(
            r,
            "dot(%s, %s), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={2}",
            x.name(),
            x.name());
      }
      case 3 -> {
        Part r = made(x);
        onlyRegion(r, "all-reduce(%s), %s, to_apply=%%sum", x.name(), groups());
        total(r.name(), x);
        everywhere(stacked, r.name(), r.name() + ".s", x.rows(), x.columns());
      }
      case 4 -> gathered(x, random.nextInt(2));
      case 5 -> scattered(x, x.rows() % m == 0 ? 0 : 1);
      case 6 -> exchanged(x);
      case 7 -> permuted(x);
      case 8 -> {
        // A split along an axis that is not manual, in the middle of the region.
        Part r = made(x);
        region.append(
            "%s.s = f32[%d,%d] custom-call(%s), custom_call_target=\"Sharding\", sharding=%s\n"
                .formatted(
                    r.name(),
                    x.rows(),
                    x.columns(),
                    x.name(),
                    text(others().ordered(order()), List.of("m"))));
        onlyRegion(r, "sine(%s.s)", r.name());
        onlyStacked(r, "sine(%s)", x.name());
      }
      case 9 -> summed(x);
      default -> loop(x);
    }
  }

  /** What all places on m add up to. */
  private void total(String name, Part x) {
    stacked.append("%s.z = f32[] constant(0)\n".formatted(name));
    stacked.append(
        "%s.s = f32[%d,%d] reduce(%s, %s.z), dimensions={0}, to_apply=%%sum\n"
            .formatted(name, x.rows(), x.columns(), x.name(), name));
  }

  private void gathered(Part x, int dim) {
    if (x.rows() * x.columns() > 400) {
      return;
    }
    Part r = made(dim == 0 ? x.rows() * m : x.rows(), dim == 1 ? x.columns() * m : x.columns());
    onlyRegion(r, "all-gather(%s), %s, dimensions={%d}", x.name(), groups(), dim);
    everywhere(stacked, r.name(), join(stacked, r.name(), x, dim), r.rows(), r.columns());
  }

  private void scattered(Part x, int dim) {
    if ((dim == 0 ? x.rows() : x.columns()) % m != 0) {
      return;
    }
    Part r = made(dim == 0 ? x.rows() / m : x.rows(), dim == 1 ? x.columns() / m : x.columns());
    onlyRegion(
        r, "reduce-scatter(%s), %s, dimensions={%d}, to_apply=%%sum", x.name(), groups(), dim);
    total(r.name(), x);
    unfold(stacked, r.name(), r.name() + ".s", r, dim);
  }

  /** An all-to-all of the blocks of rows. */
  private void exchanged(Part x) {
    if (x.rows() % m != 0) {
      return;
    }
    Part r = made(x);
    onlyRegion(r, "all-to-all(%s), %s, dimensions={0}", x.name(), groups());
    String blocks = "f32[%d,%d,%d,%d]".formatted(m, m, x.rows() / m, x.columns());
    stacked.append("%s.b = %s reshape(%s)\n".formatted(r.name(), blocks, x.name()));
    stacked.append(
        "%s.t = %s transpose(%s.b), dimensions={1,0,2,3}\n".formatted(r.name(), blocks, r.name()));
    onlyStacked(r, "reshape(%s.t)", r.name());
  }

  /** To the next place on m. */
  private void permuted(Part x) {
    Part r = made(x);
    int stride = mesh.stride("m");
    String pairs =
        IntStream.range(0, mesh.devices())
            .mapToObj(
                d ->
                    "{%d,%d}"
                        .formatted(d, d + stride * ((d / stride % m + 1) % m - d / stride % m)))
            .collect(Collectors.joining(",", "{", "}"));
    onlyRegion(r, "collective-permute(%s), channel_id=2, source_target_pairs=%s", x.name(), pairs);
    String shape = "%d,%d]".formatted(x.rows(), x.columns());
    String limits = "[0:%d], [0:%d]}".formatted(x.rows(), x.columns());
    stacked.append(
        "%s.l = f32[1,%s slice(%s), slice={[%d:%d], %s\n"
            .formatted(r.name(), shape, x.name(), m - 1, m, limits));
    stacked.append(
        "%s.f = f32[%d,%s slice(%s), slice={[0:%d], %s\n"
            .formatted(r.name(), m - 1, shape, x.name(), m - 1, limits));
    onlyStacked(r, "concatenate(%s.l, %s.f), dimensions={0}", r.name(), r.name());
  }

  /** Each column less the sum of all. */
  private void summed(Part x) {
    Part r = made(x);
    String n = r.name();
    region.append("%s.z = f32[] constant(0)\n".formatted(n));
    region.append(
        "%s.s = f32[%d] reduce(%s, %s.z), dimensions={1}, to_apply=%%sum\n"
            .formatted(n, x.rows(), x.name(), n));
    region.append(
        "%s.b = f32[%d,%d] broadcast(%s.s), dimensions={0}\n"
            .formatted(n, x.rows(), x.columns(), n));
    onlyRegion(r, "subtract(%s, %s.b)", x.name(), n);
    stacked.append("%s.z = f32[] constant(0)\n".formatted(n));
    stacked.append(
        "%s.s = f32[%d,%d] reduce(%s, %s.z), dimensions={2}, to_apply=%%sum\n"
            .formatted(n, m, x.rows(), x.name(), n));
    stacked.append(
        "%s.b = f32[%d,%d,%d] broadcast(%s.s), dimensions={0,1}\n"
            .formatted(n, m, x.rows(), x.columns(), n));
    onlyStacked(r, "subtract(%s, %s.b)", x.name(), n);
  }

  /** Three rounds of adding up over m, in a called computation. */
  private void loop(Part x) {
    Part r = made(x);
    String n = r.name().substring(1);
    String part = "f32[%d,%d]".formatted(x.rows(), x.columns());
    String all = "f32[%d,%d,%d]".formatted(m, x.rows(), x.columns());
    bodies.append(
        rounds(
            n, part, "%%g = %s all-reduce(%%x), %s, to_apply=%%sum\n".formatted(part, groups())));
    stackedBodies.append(
        rounds(
            n,
            all,
            "%%z = f32[] constant(0)\n%%s = %s reduce(%%x, %%z), dimensions={0}, to_apply=%%sum\n%%g = %s broadcast(%%s), dimensions={1,2}\n"
                .formatted(part, all)));
    call(region, r, part, n, x);
    call(stacked, r, all, n, x);
  }

  private static String rounds(String n, String type, String sum) {
    return """
        %%b%1$s { %%p = (s32[], %2$s) parameter(0) %%i = s32[] get-tuple-element(%%p), index=0
          %%x = %2$s get-tuple-element(%%p), index=1 %3$s
          %%h = %2$s tanh(%%g) %%y = %2$s subtract(%%x, %%h)
          %%one = s32[] constant(1) %%j = s32[] add(%%i, %%one) ROOT %%t = (s32[], %2$s) tuple(%%j, %%y) }
        %%c%1$s { %%p = (s32[], %2$s) parameter(0) %%i = s32[] get-tuple-element(%%p), index=0
          %%n = s32[] constant(3) ROOT %%l = pred[] compare(%%i, %%n), direction=LT }
        %%f%1$s { %%x = %2$s parameter(0) %%z = s32[] constant(0)
          %%t = (s32[], %2$s) tuple(%%z, %%x)
          %%w = (s32[], %2$s) while(%%t), condition=%%c%1$s, body=%%b%1$s
          ROOT %%r = %2$s get-tuple-element(%%w), index=1 }
        """
        .formatted(n, type, sum);
  }

  private static void call(StringBuilder to, Part r, String type, String n, Part x) {
    to.append("%s = %s call(%s), to_apply=%%f%s\n".formatted(r.name(), type, x.name(), n));
  }
}
