package io.gshard.collective;

import io.gshard.collective.Transport.Message;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Folds over groups that reach over several processes: each process folds its own devices' elements
 * and sends the result, not yet rounded, to those who want it; these fold what comes in the order
 * of the group's processes. So the same bits come out wherever a fold is completed, and those of
 * one process where each has a power of two of neighbours.
 */
final class Reduction implements Round {
  /** Elements that a worker takes at a time. */
  private static final int TASK = 16 * BlockFold.BLOCK;

  /**
   * A result that is wanted: of rows of elements that lie a stride apart.
   *
   * @param everywhere whether all processes of the group want it
   * @param owner the process that wants it, if not all do
   * @param target the arena that takes the dense result, if it is wanted here
   */
  record Job(
      Circle.Group group,
      boolean everywhere,
      int owner,
      int start,
      int rows,
      int stride,
      int length,
      Object target,
      int at) {
    long elements() {
      return (long) rows * length;
    }
  }

  /** A piece of a job that one worker does: elements that lie together. */
  private record Task(int job, int from, int dense, int n) {}

  private final Sharing sharing;
  private final Staging staging;
  private final Ranks ranks;
  private final Arenas arenas;
  private final Combiner combiner;
  private final DType type;
  private final DType wide;

  /** Bytes of an element that is not yet rounded. */
  private final int width;

  private final List<Job> jobs = new ArrayList<>();

  /** For each job the folds of the group's processes that are known here, in their order. */
  private final List<MemorySegment[]> folds = new ArrayList<>();

  Reduction(
      Sharing sharing, Staging staging, Ranks ranks, Arenas arenas, Combiner combiner, DType type) {
    this.sharing = sharing;
    this.staging = staging;
    this.ranks = ranks;
    this.arenas = arenas;
    this.combiner = combiner;
    this.type = type;
    this.wide = BlockFold.wide(type);
    this.width = Block.width(BlockFold.block(wide));
  }

  void add(Job job) {
    jobs.add(job);
  }

  @Override
  public Pending start(Transport.Channel channel, int tag) {
    List<Message> sent = new ArrayList<>();
    List<Message> received = new ArrayList<>();
    for (Job job : jobs) {
      int[] processes = job.group.processes();
      MemorySegment[] known = new MemorySegment[processes.length];
      MemorySegment mine = null;
      boolean wanted = job.everywhere || job.owner == ranks.rank();
      for (int i = 0; i < processes.length; i++) {
        if (wanted || processes[i] == ranks.rank()) {
          known[i] = staging.take(job.elements() * width);
        }
        if (processes[i] == ranks.rank()) {
          mine = known[i];
        } else if (wanted && job.elements() > 0) {
          received.add(new Message(processes[i], known[i]));
        }
      }
      for (int process : processes) {
        boolean wants = job.everywhere || process == job.owner;
        if (wants && process != ranks.rank() && job.elements() > 0) {
          sent.add(new Message(process, mine));
        }
      }
      folds.add(known);
    }
    foldMine();
    return channel.start(tag, sent, received);
  }

  private List<Task> tasks(boolean owned) {
    List<Task> tasks = new ArrayList<>();
    for (int j = 0; j < jobs.size(); j++) {
      Job job = jobs.get(j);
      if (!owned || job.everywhere || job.owner == ranks.rank()) {
        for (int row = 0; row < job.rows; row++) {
          for (int p = 0; p < job.length; p += TASK) {
            tasks.add(
                new Task(
                    j,
                    job.start + row * job.stride + p,
                    row * job.length + p,
                    Math.min(TASK, job.length - p)));
          }
        }
      }
    }
    return tasks;
  }

  private void foldMine() {
    List<Task> tasks = tasks(false);
    sharing.run(
        tasks.size(),
        tasks.stream().mapToLong(Task::n).sum(),
        () -> new BlockFold(arenas, combiner, type),
        (fold, unit) -> {
          Task task = tasks.get(unit);
          Circle.Group group = jobs.get(task.job).group;
          int[] here = Arrays.stream(group.here()).map(m -> group.devices()[m]).toArray();
          MemorySegment mine = folds.get(task.job)[place(group)];
          for (int p = 0; p < task.n; p += BlockFold.BLOCK) {
            int n = Math.min(BlockFold.BLOCK, task.n - p);
            Object folded = fold.wide(here, task.from + p, n);
            MemorySegment.copy(
                Block.segment(folded), 0, mine, (long) (task.dense + p) * width, (long) n * width);
          }
        });
  }

  private int place(Circle.Group group) {
    int place = 0;
    while (group.processes()[place] != ranks.rank()) {
      place++;
    }
    return place;
  }

  @Override
  public void finish() {
    List<Task> tasks = tasks(true);
    int most = folds.stream().mapToInt(known -> known.length).max().orElse(0);
    sharing.run(
        tasks.size(),
        tasks.stream().mapToLong(Task::n).sum(),
        () -> new Incoming(most),
        (incoming, unit) -> {
          Task task = tasks.get(unit);
          Job job = jobs.get(task.job);
          for (int p = 0; p < task.n; p += BlockFold.BLOCK) {
            int n = Math.min(BlockFold.BLOCK, task.n - p);
            Object folded = incoming.fold(folds.get(task.job), task.dense + p, n);
            System.arraycopy(folded, 0, job.target, job.at + task.dense + p, n);
          }
        });
  }

  /** A worker's blocks of what came from each process. */
  private final class Incoming {
    private final Object[] blocks;
    private final BlockFold fold;
    private final short[] rounded = new short[BlockFold.BLOCK];

    Incoming(int most) {
      blocks = new Object[most];
      Arrays.setAll(blocks, i -> BlockFold.block(wide));
      fold = new BlockFold(Arenas.of(wide, blocks), combiner, wide);
    }

    Object fold(MemorySegment[] known, int at, int n) {
      int[] group = new int[known.length];
      for (int i = 0; i < known.length; i++) {
        MemorySegment.copy(
            known[i], (long) at * width, Block.segment(blocks[i]), 0, (long) n * width);
        group[i] = i;
      }
      return BlockFold.rounded(type, fold.fold(group, 0, n), rounded, n);
    }
  }
}
