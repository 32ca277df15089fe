package io.gshard.runtime;

import io.gshard.mesh.MeshShape;
import java.nio.file.Path;

/**
 * Devices, arranged in named axes, that programs run on.
 *
 * <pre>{@code
 * try (Mesh mesh = Mesh.local("expert=8"); var m = MoeLayerTiny.on(mesh)) { ... }
 * }</pre>
 */
public interface Mesh extends AutoCloseable {

  MeshShape shape();

  /** Which of several processes this is; 0 writes files and speaks to the user. */
  default int rank() {
    return 0;
  }

  /** Numbers that all processes have to agree on, such as the time: those of rank 0. */
  default double[] fromFirst(double... values) {
    return values;
  }

  /**
   * A launcher's hold on the devices.
   *
   * @param launcher the generated class, beside which its programs' StableHLO lies
   * @param layout its variables, and the memory that its programs need
   */
  Session open(Class<?> launcher, Layout layout);

  /**
   * Ends the workers; running programs on the mesh afterwards throws {@link IllegalStateException}.
   */
  @Override
  void close();

  /**
   * A mesh of virtual devices in this process, written {@code "data=2, expert=4"}.
   *
   * @throws IllegalArgumentException if the text is not a list of name=size
   */
  static Mesh local(String shape) {
    return new LocalMesh(MeshShape.parse(shape));
  }

  /**
   * A mesh of a PJRT plugin's devices: XLA on CPU, GPU or TPU.
   *
   * @param plugin the plugin's library
   * @throws io.gshard.pjrt.PjrtException if the plugin cannot be loaded
   * @throws IllegalArgumentException if it has not as many devices
   */
  static Mesh pjrt(Path plugin, String shape) {
    return new PjrtMesh(plugin, MeshShape.parse(shape));
  }

  static Mesh local(MeshShape shape) {
    return new LocalMesh(shape);
  }

  /**
   * A mesh whose devices are spread over the processes that mpirun started. All processes make the
   * same meshes and call the same programs with the same arguments, in the same order.
   *
   * @throws io.gshard.mpi.MpiException if there is no library of MPI, or it does not fit
   * @throws IllegalArgumentException if there are more processes than devices
   */
  static Mesh mpi(String shape) {
    return new MpiMesh(MeshShape.parse(shape));
  }
}
