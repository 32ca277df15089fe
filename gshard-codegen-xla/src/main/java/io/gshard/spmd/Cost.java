package io.gshard.spmd;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * What communication costs, for choosing how an op is computed: the bytes that each device sends,
 * were every axis of the mesh of one large size. So the choice, and with it the program's
 * structure, depends on the mesh's axes but not on the number of devices, and is the one that
 * scales (the paper's section 3.1 counts in O(D) as well).
 */
final class Cost {
  /** What a collective costs before its first byte, in bytes. */
  static final double LATENCY = 64;

  private static final double DEVICES = 64;

  private final MeshShape mesh;

  Cost(MeshShape mesh) {
    this.mesh = mesh;
  }

  double parts(List<String> axes) {
    double parts = 1;
    for (String axis : axes) {
      parts *= mesh.size(axis) == 1 ? 1 : DEVICES;
    }
    return parts;
  }

  /** What a device holds. */
  double bytes(Shape global, Sharding sharding) {
    double bytes = global.bytes();
    for (List<String> axes : sharding.dims()) {
      bytes /= parts(axes);
    }
    return bytes;
  }

  double of(Shape global, Sharding from, List<Step> steps) {
    double bytes = bytes(global, from);
    double cost = 0;
    for (Step step : steps) {
      switch (step) {
        case Step.Cut(int dim, List<String> axes) -> bytes /= parts(axes);
        case Step.Gather(int dim, List<String> axes) -> {
          cost += LATENCY + bytes * (parts(axes) - 1);
          bytes *= parts(axes);
        }
        case Step.Exchange(int source, int target, List<String> axes) ->
            cost += LATENCY + bytes * (parts(axes) - 1) / parts(axes);
        case Step.Permute(Sharding source, Sharding target) -> cost += LATENCY + bytes;
      }
    }
    return cost;
  }

  double of(Shape global, Folding folding) {
    double bytes = bytes(global, folding.computed());
    double cost = 0;
    for (Folding.Scatter scatter : folding.scatters()) {
      double parts = parts(scatter.axes());
      cost += LATENCY + bytes * (parts - 1) / parts;
      bytes /= parts;
    }
    double parts = parts(folding.rest());
    return folding.rest().isEmpty() ? cost : cost + LATENCY + 2 * bytes * (parts - 1) / parts;
  }
}
