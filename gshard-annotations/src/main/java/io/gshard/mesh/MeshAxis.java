package io.gshard.mesh;

/** A named axis of a mesh of devices. */
public record MeshAxis(String name, int size) {
  public MeshAxis {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "mesh axis '" + name + "': a name has letters, digits and _, no digit first");
    }
    if (size < 1) {
      throw new IllegalArgumentException(
          "mesh axis " + name + "=" + size + ": the size must be 1 or more");
    }
  }

  @Override
  public String toString() {
    return name + "=" + size;
  }
}
