package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The chains of {@link ReshardPlanner} against the least cost over all chains through all shardings
 * over the axes of the two, for every pair of shardings. What a step may be and what it costs is
 * told anew here.
 */
final class ReshardOptimumTest {
  private static final double CUT = 1;
  private static final double FIRST_BYTE = 64;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=2,b=2 | 64,64",
        "a=2,b=2 | 5,7",
        "a=2,b=3 | 36,36",
        "a=2,b=3 | 35,11",
        "a=2,b=4 | 64,64",
        "a=4,b=3 | 50,7",
        "a=2,b=2 | 16,16,16",
        "a=3,b=2 | 7,12,5",
        "a=2,b=2,c=2 | 64,64",
        "a=2,b=2,c=2 | 9,30",
        "a=4,b=2,c=2 | 64,64",
        "a=2,b=3,c=4 | 48,48",
        "a=4,b=2,c=2 | 33,70"
      })
  void noChainIsCheaper(String meshText, String dims) {
    MeshShape mesh = MeshShape.parse(meshText);
    Shape shape =
        Shape.of(DType.F32, Arrays.stream(dims.split(",")).mapToLong(Long::parseLong).toArray());
    ReshardPlanner planner = new ReshardPlanner(mesh);
    List<String> worse = new ArrayList<>();
    List<String> names = mesh.axes().stream().map(MeshAxis::name).toList();
    for (int subset = 1; subset < 1 << names.size(); subset++) {
      int chosen = subset;
      List<String> axes =
          names.stream().filter(a -> (chosen >> names.indexOf(a) & 1) == 1).toList();
      check(mesh, shape, axes, planner, worse);
    }
    assertThat(worse).isEmpty();
  }

  private static void check(
      MeshShape mesh, Shape shape, List<String> axes, ReshardPlanner planner, List<String> worse) {
    List<Sharding> all = all(axes, shape.rank());
    double[][] least = least(mesh, shape, all);
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        Set<String> used = new HashSet<>(all.get(i).usedAxes());
        used.addAll(all.get(j).usedAxes());
        if (used.size() < axes.size()) {
          continue;
        }
        List<Step> steps = planner.plan(shape, all.get(i), all.get(j)).steps();
        double cost = 0;
        Sharding at = all.get(i);
        for (Step step : steps) {
          Sharding next = step.after(at);
          cost += step(mesh, shape, at, next);
          at = next;
        }
        assertWithMessage("where %s leads from %s", steps, all.get(i))
            .that(at)
            .isEqualTo(all.get(j));
        if (!(cost <= least[i][j] + 1e-9)) {
          worse.add(
              "%s to %s: %s costs %s, not %s"
                  .formatted(all.get(i), all.get(j), steps, cost, least[i][j]));
        }
      }
    }
  }

  /** Floyd and Warshall's. */
  private static double[][] least(MeshShape mesh, Shape shape, List<Sharding> all) {
    int n = all.size();
    double[][] cost = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        cost[i][j] = i == j ? 0 : step(mesh, shape, all.get(i), all.get(j));
      }
    }
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          cost[i][j] = Math.min(cost[i][j], cost[i][k] + cost[k][j]);
        }
      }
    }
    return cost;
  }

  /** What one step from one to the other costs: infinitely much where there is none. */
  private static double step(MeshShape mesh, Shape shape, Sharding from, Sharding to) {
    double bytes = from.local(mesh, shape).bytes();
    List<Integer> longer = new ArrayList<>();
    List<Integer> shorter = new ArrayList<>();
    boolean suffixes = true;
    boolean alike = true;
    double gone = 1;
    double added = 1;
    for (int d = 0; d < shape.rank(); d++) {
      List<String> a = from.axes(d);
      List<String> b = to.axes(d);
      alike &= mesh.size(a) == mesh.size(b);
      if (a.equals(b)) {
        continue;
      }
      if (starts(b, a)) {
        longer.add(d);
        List<String> more = b.subList(a.size(), b.size());
        suffixes &= partsOfParts(shape.dim(d), mesh.size(a), mesh.size(more));
        added *= mesh.size(more);
      } else if (starts(a, b)) {
        shorter.add(d);
        List<String> less = a.subList(b.size(), a.size());
        suffixes &= partsOfParts(shape.dim(d), mesh.size(b), mesh.size(less));
        gone *= mesh.size(less);
      } else {
        suffixes = false;
      }
    }
    double best = alike ? FIRST_BYTE + bytes : Double.POSITIVE_INFINITY;
    if (suffixes && longer.size() == 1 && shorter.isEmpty()) {
      best = Math.min(best, CUT);
    } else if (suffixes && longer.isEmpty() && shorter.size() == 1) {
      best = Math.min(best, FIRST_BYTE + bytes * (gone - 1));
    } else if (suffixes && longer.size() == 1 && shorter.size() == 1) {
      int to1 = longer.getFirst();
      int from1 = shorter.getFirst();
      List<String> more = to.axes(to1).subList(from.axes(to1).size(), to.axes(to1).size());
      List<String> less = from.axes(from1).subList(to.axes(from1).size(), from.axes(from1).size());
      if (more.equals(less)) {
        best = Math.min(best, FIRST_BYTE + bytes * (added - 1) / added);
      }
    }
    return best;
  }

  private static boolean starts(List<String> axes, List<String> with) {
    return axes.size() >= with.size() && axes.subList(0, with.size()).equals(with);
  }

  /** Each part, cut, gives the parts of the whole: compared element by element. */
  private static boolean partsOfParts(long size, long parts, long more) {
    long part = Math.ceilDiv(size, parts);
    long fine = Math.ceilDiv(size, parts * more);
    for (long i = 0; i < size; i++) {
      long inPart = i % part;
      if (i / part * more + inPart / Math.ceilDiv(part, more) != i / fine) {
        return false;
      }
    }
    return parts == 1 || fine * more == part;
  }

  private static List<Sharding> all(List<String> axes, int rank) {
    List<Sharding> found = new ArrayList<>(List.of(Sharding.replicated(rank)));
    for (int i = 0; i < found.size(); i++) {
      Sharding at = found.get(i);
      for (String axis : axes) {
        for (int d = 0; d < rank && !at.usedAxes().contains(axis); d++) {
          Sharding next = at.with(d, ReshardPlanner.joined(at.axes(d), List.of(axis)));
          if (!found.contains(next)) {
            found.add(next);
          }
        }
      }
    }
    return found;
  }
}
