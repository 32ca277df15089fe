package io.gshard.runtime;

import io.gshard.mesh.MeshShape;

/**
 * Devices, arranged in named axes, that programs run on.
 *
 * <pre>{@code
 * try (Mesh mesh = Mesh.local("expert=8"); var m = MoeLayerTiny.on(mesh)) { ... }
 * }</pre>
 */
public interface Mesh extends AutoCloseable {

  MeshShape shape();

  /** The devices of this process with memory as the layout says, for one launcher. */
  Spmd allocate(Layout layout);

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

  static Mesh local(MeshShape shape) {
    return new LocalMesh(shape);
  }
}
