package io.gshard.passes.fusion;

import java.util.ArrayList;
import java.util.List;

/** Steps in the order in which they run. */
public final class Block {
  private final List<Step> steps = new ArrayList<>();

  public List<Step> steps() {
    return steps;
  }

  /** Whether a collective is among the steps or in the loops among them. */
  public boolean communicates() {
    return steps.stream()
        .anyMatch(
            step ->
                switch (step) {
                  case Step.Collective c -> true;
                  case Step.Start start -> true;
                  case Step.Done done -> true;
                  case Step.Loop l -> l.communicates();
                  case Step.Branch b -> b.communicates();
                  default -> false;
                });
  }
}
