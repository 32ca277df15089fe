package io.gshard.runtime;

import io.gshard.mesh.MeshShape;
import io.gshard.pjrt.PjrtClient;
import io.gshard.pjrt.PjrtException;
import io.gshard.pjrt.PjrtPlugin;
import java.nio.file.Path;

/** Devices of a PJRT plugin, which compiles and runs the programs' StableHLO. */
public final class PjrtMesh implements Mesh {
  private final MeshShape shape;
  private final PjrtClient client;

  /**
   * @param plugin the plugin's library
   * @throws PjrtException if it cannot be loaded or has not as many devices
   */
  public PjrtMesh(Path plugin, MeshShape shape) {
    this.shape = shape;
    this.client = PjrtPlugin.load(plugin).devices(shape.devices());
  }

  @Override
  public MeshShape shape() {
    return shape;
  }

  public PjrtClient client() {
    return client;
  }

  @Override
  public Session open(Class<?> launcher, Layout layout) {
    return new PjrtSession(shape, client, launcher, layout);
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "PJRT mesh '%s' on %s".formatted(shape, client.platform());
  }
}
