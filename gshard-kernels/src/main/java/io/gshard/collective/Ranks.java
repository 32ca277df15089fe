package io.gshard.collective;

/**
 * Which process has which devices: each a block of neighbours, as even as it goes.
 *
 * @param devices of the whole mesh
 * @param processes of the job
 * @param rank of this process
 */
public record Ranks(int devices, int processes, int rank) {
  public Ranks {
    if (processes > devices) {
      throw new IllegalArgumentException(
          "a mesh of %d devices cannot be spread over %d processes: start at most %d, or give a larger mesh"
              .formatted(devices, processes, devices));
    }
  }

  /** All devices in one process. */
  public static Ranks single(int devices) {
    return new Ranks(devices, 1, 0);
  }

  /** The first device of a process. */
  public int first(int process) {
    return (int) ((long) devices * process / processes);
  }

  /** The first device of this process. */
  public int first() {
    return first(rank);
  }

  /** The device behind the last of this process. */
  public int end() {
    return first(rank + 1);
  }

  public boolean isHere(int device) {
    return device >= first() && device < end();
  }

  /** The process of a device. */
  public int owner(int device) {
    return (int) ((((long) device + 1) * processes - 1) / devices);
  }
}
