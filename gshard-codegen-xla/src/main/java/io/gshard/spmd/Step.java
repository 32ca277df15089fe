package io.gshard.spmd;

import io.gshard.mesh.Sharding;
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
}
