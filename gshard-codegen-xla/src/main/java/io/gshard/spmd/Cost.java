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

  /** What a device holds; a dim is cut in no more parts than it has elements. */
  double bytes(Shape global, Sharding sharding) {
    double bytes = global.type().bytes();
    for (int d = 0; d < global.rank(); d++) {
      bytes *= Math.max(1, global.dim(d) / parts(sharding.axes(d)));
    }
    return bytes;
  }

  double of(Shape global, Sharding from, List<Step> steps) {
    Sharding at = from;
    double cost = 0;
    for (Step step : steps) {
      double before = bytes(global, at);
      at = step.after(at);
      double after = bytes(global, at);
      cost +=
          switch (step) {
            case Step.Cut cut -> 0;
            case Step.Gather gather -> LATENCY + after - before;
            case Step.Exchange exchange -> LATENCY + before * others(exchange.axes());
            case Step.Permute permute -> LATENCY + before;
          };
    }
    return cost;
  }

  double of(Shape global, Folding folding) {
    Sharding at = folding.computed();
    double cost = 0;
    for (Folding.Scatter scatter : folding.scatters()) {
      cost += LATENCY + bytes(global, at) * others(scatter.axes());
      at = new Step.Cut(scatter.dim(), scatter.axes()).after(at);
    }
    return folding.rest().isEmpty()
        ? cost
        : cost + LATENCY + 2 * bytes(global, at) * others(folding.rest());
  }

  /** The share of what is exchanged that is for others. */
  private double others(List<String> axes) {
    return 1 - 1 / parts(axes);
  }
}
