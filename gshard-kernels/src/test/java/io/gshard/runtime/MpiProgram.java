package io.gshard.runtime;

import io.gshard.collective.CollectiveCase;
import io.gshard.collective.Ranks;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mpi.MpiException;
import io.gshard.mpi.MpiJob;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What mpirun starts in tests. {@code collectives MESH...} compares all collectives with those of
 * one process; {@code steps MESH N FILE} counts to N and saves; {@code resume MESH N FILE} goes on;
 * {@code die|stop|block|throw|leave RANK MESH} lets a rank fail on the way.
 */
final class MpiProgram {
  private static final Sharding PARTS = new Sharding(List.of(List.of("d")));
  private static final Shape SHAPE = Shape.of(DType.F32, 10);
  private static final Binding COUNTS = new Binding("counts", SHAPE, PARTS, 0);
  private static final Binding SUMS = new Binding("sums", SHAPE, PARTS, 16);
  private static final Layout LAYOUT =
      new Layout(
          List.of(COUNTS), List.of(), new Layout.Sizes(64, 0, 0, 0, 0, 0), Layout.Sizes.NONE);

  private MpiProgram() {}

  public static void main(String[] arguments) throws IOException {
    try {
      List<String> rest = List.of(arguments).subList(1, arguments.length);
      switch (arguments[0]) {
        case "collectives" -> rest.forEach(mesh -> collectives(MeshShape.parse(mesh)));
        case "steps", "resume" -> {
          try (Mesh mesh = Mesh.mpi(rest.get(0));
              Counter counter = new Counter(mesh, () -> {})) {
            if (arguments[0].equals("resume")) {
              counter.load(Path.of(rest.get(2)));
            }
            count(mesh, counter, Integer.parseInt(rest.get(1)));
            counter.save(Path.of(rest.get(2)));
          }
        }
        default -> fail(arguments[0], Integer.parseInt(rest.get(0)), rest.get(1));
      }
    } catch (MpiException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static void collectives(MeshShape mesh) {
    MpiJob job = MpiJob.start();
    Ranks ranks = new Ranks(mesh.devices(), job.size(), job.rank());
    for (List<String> axes : CollectiveCase.axes(mesh)) {
      CollectiveCase expected = new CollectiveCase(mesh, Ranks.single(mesh.devices()));
      expected.runAlone(axes);
      CollectiveCase mine = new CollectiveCase(mesh, ranks);
      mine.run(job, axes);
      List<String> differences = new ArrayList<>(mine.differences(expected));
      for (long seed = 0; seed < 3; seed++) {
        CollectiveCase alone = new CollectiveCase(mesh, Ranks.single(mesh.devices()));
        alone.runTogetherAlone(axes, seed);
        CollectiveCase together = new CollectiveCase(mesh, ranks);
        together.runTogether(job, axes, seed);
        differences.addAll(together.differences(alone));
      }
      if (!differences.isEmpty()) {
        throw new AssertionError("rank %d: %s".formatted(job.rank(), differences));
      }
    }
    System.out.println("rank %d agrees on %s".formatted(job.rank(), mesh));
  }

  private static void count(Mesh mesh, Counter counter, int steps) {
    for (int step = 0; step < steps; step++) {
      HostTensor sums = HostTensor.of(counter.run("step", List.of()).getFirst());
      if (mesh.rank() == 0) {
        System.out.println("sums " + Arrays.toString(sums.floats()));
      }
    }
  }

  private static void fail(String how, int rank, String shape) {
    try (Mesh mesh = Mesh.mpi(shape);
        Counter counter = new Counter(mesh, () -> fail(mesh.rank() == rank ? how : "not"))) {
      count(mesh, counter, 1);
      if (how.equals("leave") && mesh.rank() == rank) {
        return;
      }
      counter.broken = true;
      count(mesh, counter, 2);
    }
  }

  private static void fail(String how) {
    String pid = Long.toString(ProcessHandle.current().pid());
    switch (how) {
      case "die" -> signal("-KILL", pid);
      case "stop" -> signal("-STOP", pid);
      case "block" -> {
        while (true) {
          LockSupport.park();
        }
      }
      case "throw" -> throw new ArithmeticException("a segment failed on purpose");
      default -> {}
    }
  }

  private static void signal(String signal, String pid) {
    try {
      int ignored = new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds 1 to all counts and returns on each device the sums over all devices. */
  private static final class Counter extends Launcher {
    private boolean broken;
    private final Runnable breakdown;

    Counter(Mesh mesh, Runnable breakdown) {
      this(mesh, new Step(SHAPE.dims().getFirst()), breakdown);
    }

    private Counter(Mesh mesh, Step step, Runnable breakdown) {
      super("Counter", mesh, mesh.shape(), LAYOUT, List.of(step));
      this.breakdown = breakdown;
      step.counter = this;
    }
  }

  private static final class Step extends Program {
    private final long elements;
    private Counter counter;

    Step(long elements) {
      this.elements = elements;
    }

    @Override
    public String name() {
      return "step";
    }

    @Override
    public List<Binding> inputs() {
      return List.of();
    }

    @Override
    public List<Binding> outputs() {
      return List.of(SUMS);
    }

    @Override
    public void run(Spmd spmd) {
      int local = (int) Math.ceilDiv(elements, (long) spmd.mesh().size("d"));
      spmd.each(
          d -> {
            if (counter.broken) {
              counter.breakdown.run();
            }
            for (int i = 0; i < local; i++) {
              d.f32[i] += 1 + i * d.id;
            }
          });
      spmd.allReduce(Combiner.ADD, DType.F32, 0, 16, local, List.of("d"));
    }
  }
}
