package io.gshard.runtime;

import io.gshard.mesh.MeshShape;

/** The launcher for config Tiny: found by its name. */
public final class DoubleItTiny extends Launcher {
  public DoubleItTiny(Mesh mesh) {
    this(mesh, MeshShape.parse("d=3"));
  }

  DoubleItTiny(Mesh mesh, MeshShape compiledFor) {
    super(
        "DoubleItTiny",
        mesh,
        compiledFor,
        DoubleIt.layout(DoubleIt.SHAPE),
        DoubleIt.programs(compiledFor));
  }
}
