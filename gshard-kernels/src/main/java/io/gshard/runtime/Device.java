package io.gshard.runtime;

/** A virtual device. Generated segments read and write its memory directly. */
public final class Device extends Memory {
  /** The row-major position in the mesh. */
  public final int id;

  /** What is the same on all devices; written by segments that run once. */
  public final Memory common;

  private final Scratch scratch;

  /**
   * The workers that share this device's large kernels, and the device as each sees it; or null.
   */
  private final Workers team;

  private final Device[] seen;

  /** One worker's part of a kernel. */
  public interface Part {
    void run(Device device, int from, int end);
  }

  Device(int id, Layout.Sizes sizes, Memory common, Scratch scratch) {
    super(sizes);
    this.id = id;
    this.common = common;
    this.scratch = scratch;
    this.team = null;
    this.seen = null;
  }

  private Device(Device device, Scratch scratch, Workers team, Device[] seen) {
    super(device);
    this.id = device.id;
    this.common = device.common;
    this.scratch = scratch;
    this.team = team;
    this.seen = seen;
  }

  /** The same device, with workers for its large kernels; the first is who runs its segments. */
  Device with(Workers workers) {
    Device[] each = new Device[workers.size()];
    for (int worker = 0; worker < each.length; worker++) {
      each[worker] = new Device(this, workers.scratch(worker), null, null);
    }
    return new Device(this, scratch, workers, each);
  }

  /** Blocks for intermediates, shared by the devices that the same worker runs. */
  public Scratch scratch() {
    return scratch;
  }

  /**
   * Runs a kernel over 0..n, by all workers that have nothing else to do; their parts begin at
   * multiples of the grain. What the kernel computes must not depend on where parts begin.
   */
  public void split(int n, int grain, Part part) {
    if (team == null || n <= grain) {
      part.run(this, 0, n);
      return;
    }
    long grains = Math.ceilDiv(n, grain);
    team.step(
        worker -> {
          int from = (int) (grains * worker / seen.length) * grain;
          int end = (int) Math.min(n, grains * (worker + 1) / seen.length * grain);
          if (from < end) {
            part.run(seen[worker], from, end);
          }
        });
  }
}
