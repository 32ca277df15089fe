package io.gshard.nmt.train;

import io.gshard.mesh.MeshShape;
import java.util.List;
import java.util.Optional;

/** Opens translators; found by {@link java.util.ServiceLoader}. */
public interface TranslatorFactory {

  /** The names of the configs there are. */
  List<String> configs();

  /**
   * A translator with parameters not yet set.
   *
   * @param config a config's name
   * @param mesh the mesh, or nothing for the config's own
   * @param devices what it is made of
   * @throws io.gshard.nmt.UserError if there is no such config or the mesh does not fit it
   */
  Translator open(String config, Optional<MeshShape> mesh, Devices devices);

  /** The mesh that {@link #open} will use. */
  MeshShape mesh(String config, Optional<MeshShape> mesh);
}
