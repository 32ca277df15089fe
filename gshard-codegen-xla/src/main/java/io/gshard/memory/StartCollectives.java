package io.gshard.memory;

import io.gshard.passes.fusion.Block;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets collectives be under way while devices compute: one starts where it stands and is done where
 * its result is first touched, in the same block. The order of the steps stays as it is. One whose
 * result the next step touches stays as it is too.
 */
public final class StartCollectives {
  /** Those that were started and are not done, with their places in the new block. */
  private final Map<Step.Collective, Integer> underWay = new IdentityHashMap<>();

  private final Block result = new Block();

  private StartCollectives() {}

  /** The program with starts and dones. */
  public static LoweredProgram run(LoweredProgram program) {
    return new LoweredProgram(
        started(program.block()),
        program.parameters(),
        program.outputs(),
        program.updated(),
        program.common());
  }

  private static Block started(Block block) {
    StartCollectives pass = new StartCollectives();
    for (Step step : block.steps()) {
      pass.add(step);
    }
    pass.finish(List.copyOf(pass.underWay.keySet()));
    return pass.result;
  }

  private void add(Step step) {
    Set<Root> touched = CommonValues.roots(step);
    CommonValues.writes(step).forEach(touched::add);
    finish(underWay.keySet().stream().filter(c -> touched.contains(c.result())).toList());
    switch (step) {
      case Step.Collective c -> {
        underWay.put(c, result.steps().size());
        result.steps().add(new Step.Start(c));
      }
      case Step.Loop loop when loop.communicates() ->
          result.steps().add(loop.map(StartCollectives::started));
      case Step.Branch branch when branch.communicates() ->
          result.steps().add(branch.map(StartCollectives::started));
      default -> result.steps().add(step);
    }
  }

  /** Ends collectives, in the order in which they were started. */
  private void finish(List<Step.Collective> collectives) {
    List<Step.Collective> inOrder = new ArrayList<>(collectives);
    inOrder.sort(Comparator.comparing(underWay::get));
    for (Step.Collective c : inOrder) {
      int start = underWay.remove(c);
      if (start == result.steps().size() - 1) {
        result.steps().set(start, c);
      } else {
        result.steps().add(new Step.Done(c));
      }
    }
  }
}
