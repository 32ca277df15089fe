package io.gshard.spmd;

import java.util.List;

/**
 * How to get from one sharding to another, and the bytes that each device sends for it (with a
 * little per step).
 */
record ReshardPlan(List<Step> steps, double cost) {
  static final ReshardPlan NOTHING = new ReshardPlan(List.of(), 0);

  ReshardPlan {
    steps = List.copyOf(steps);
  }
}
