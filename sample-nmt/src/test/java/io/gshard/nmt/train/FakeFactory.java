package io.gshard.nmt.train;

import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import java.util.List;
import java.util.Optional;

/** Opens {@link FakeTranslator}s. */
public final class FakeFactory implements TranslatorFactory {
  @Override
  public List<String> configs() {
    return List.of("Demo");
  }

  @Override
  public Translator open(String config, Optional<MeshShape> mesh, Devices devices) {
    mesh(config, mesh);
    return new FakeTranslator();
  }

  @Override
  public MeshShape mesh(String config, Optional<MeshShape> mesh) {
    if (!configs().contains(config)) {
      throw new UserError("config '" + config + "' is unknown; there is Demo");
    }
    return mesh.orElse(MeshShape.parse("expert=8"));
  }
}
