package io.gshard.spmd;

import io.gshard.mesh.Sharding;
import java.util.ArrayList;
import java.util.List;

/** One move of a resharding. Axes are minor in their dim: the last to be added, the first to go. */
sealed interface Step {

  /** Each device keeps its part of a dim; nothing is sent. */
  record Cut(int dim, List<String> axes) implements Step {}

  /** The parts of a dim are joined. */
  record Gather(int dim, List<String> axes) implements Step {}

  /** Axes go from one dim to another. */
  record Exchange(int from, int to, List<String> axes) implements Step {}

  /** Every shard goes to another device, as it is. */
  record Permute(Sharding from, Sharding to) implements Step {}

  /** The sharding that it leads to. */
  default Sharding after(Sharding at) {
    return switch (this) {
      case Cut(int dim, List<String> axes) -> longer(at, dim, axes);
      case Gather(int dim, List<String> axes) -> shorter(at, dim, axes);
      case Exchange(int from, int to, List<String> axes) ->
          longer(shorter(at, from, axes), to, axes);
      case Permute(Sharding from, Sharding to) -> to;
    };
  }

  private static Sharding longer(Sharding at, int dim, List<String> axes) {
    List<String> joined = new ArrayList<>(at.axes(dim));
    joined.addAll(axes);
    return at.with(dim, joined);
  }

  private static Sharding shorter(Sharding at, int dim, List<String> axes) {
    return at.with(dim, at.axes(dim).subList(0, at.axes(dim).size() - axes.size()));
  }
}
