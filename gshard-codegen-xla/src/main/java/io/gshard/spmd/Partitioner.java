package io.gshard.spmd;

import io.gshard.hlo.Boundary;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns a program on whole tensors into one that every device runs on its shards (paper, section
 * 3.3). All devices run the same program; a device's id only gives offsets. Its size and the time
 * to make it do not grow with the number of devices (but for the target list of a
 * collective-permute).
 *
 * <pre>{@code
 * Partitioned p = Partitioner.run(Propagation.run(module));
 * }</pre>
 */
public final class Partitioner {
  private final HloModule module;
  private final OwnAxes own;
  private final ReshardPlanner planner;
  private final Map<Computation, ComputationPartitioner.Result> done = new IdentityHashMap<>();

  private Partitioner(HloModule module) {
    this.own = OwnAxes.of(module);
    this.module = own.module();
    this.planner = new ReshardPlanner(module.mesh());
  }

  /**
   * The program of one device.
   *
   * @param module every instruction of it has shardings, as {@link io.gshard.sharding.Propagation}
   *     leaves it
   * @throws IllegalArgumentException if it is partitioned already, or has no shardings
   */
  public static Partitioned run(HloModule module) {
    if (module.partitioned()) {
      throw new IllegalArgumentException(module.name() + " is partitioned already");
    }
    return new Partitioner(module).run();
  }

  private Partitioned run() {
    ComputationPartitioner.Result entry = partition(module.entry());
    List<Instruction> parameters = module.entry().parameters();
    Instruction root = module.entry().root();
    Boundary boundary =
        new Boundary(
            parameters.stream().flatMap(p -> p.type().stream()).toList(),
            parameters.stream().flatMap(p -> p.shardings().stream()).toList(),
            root.type().leaves(),
            root.shardings());
    HloModule local =
        new HloModule(
            module.name(),
            module.mesh(),
            entry.computation(),
            module.aliases(),
            true,
            Optional.of(boundary));
    return new Partitioned(
        local,
        boundary.parameterShapes(),
        boundary.parameterShardings(),
        boundary.resultShapes(),
        boundary.resultShardings(),
        new CommunicationReport(entry.collectives()));
  }

  /** A computation's local form; one that is called from several places is made once. */
  private ComputationPartitioner.Result partition(Computation computation) {
    ComputationPartitioner.Result known = done.get(computation);
    if (known == null) {
      for (Instruction instruction : computation.instructions()) {
        if (!instruction.isSharded() && !instruction.type().leaves().isEmpty()) {
          throw new IllegalArgumentException(
              "%s of %s has no sharding: run Propagation first"
                  .formatted(instruction, module.name()));
        }
      }
      known =
          new ComputationPartitioner(module.mesh(), planner, own, computation, this::partition)
              .run();
      done.put(computation, known);
    }
    return known;
  }
}
