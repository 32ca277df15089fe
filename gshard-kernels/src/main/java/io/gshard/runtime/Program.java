package io.gshard.runtime;

import java.util.List;

/**
 * A compiled program: generated classes extend it, one per program of a model. It holds no state.
 */
public abstract class Program {

  public abstract String name();

  /** The arguments, in order; parameters and state are the launcher's. */
  public abstract List<Binding> inputs();

  /** The results, in order; parameters and state are updated in place and not among them. */
  public abstract List<Binding> outputs();

  /** The launcher's variables that it takes, in the order in which its StableHLO has them. */
  public List<String> variables() {
    return List.of();
  }

  /** The variables that it gives new values, in the order of its StableHLO's last results. */
  public List<String> updates() {
    return List.of();
  }

  /** Runs once, for all devices of the process. */
  public abstract void run(Spmd spmd);
}
