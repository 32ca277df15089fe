package io.gshard.runtime;

import io.gshard.mesh.MeshShape;

/** Devices that share this process's memory and are worked in lock-step by one worker per core. */
public final class LocalMesh implements Mesh {
  private final MeshShape shape;
  private final Workers workers;

  public LocalMesh(MeshShape shape) {
    this(shape, Runtime.getRuntime().availableProcessors());
  }

  /**
   * With a given number of workers; where they are more than devices, they share the devices' work.
   */
  public LocalMesh(MeshShape shape, int workers) {
    this.shape = shape;
    this.workers = Workers.of(shape.devices(), workers);
  }

  @Override
  public MeshShape shape() {
    return shape;
  }

  @Override
  public Session open(Class<?> launcher, Layout layout) {
    return new LocalSession(allocate(layout));
  }

  /** The devices of this process with memory as the layout says. */
  Spmd allocate(Layout layout) {
    return new Spmd(shape, workers, layout);
  }

  @Override
  public void close() {
    workers.close();
  }

  @Override
  public String toString() {
    return "local mesh '" + shape + "'";
  }
}
