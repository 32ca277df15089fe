package io.gshard.nmt.train;

import io.gshard.mesh.MeshShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A trained translator, from the folder of its run. */
public final class Checkpointed implements AutoCloseable {
  private final Translator translator;
  private final Translation translation;

  private Checkpointed(Translator translator, Translation translation) {
    this.translator = translator;
    this.translation = translation;
  }

  /**
   * Reads a run's last checkpoint.
   *
   * @param mesh the mesh to run on, or nothing for the one it was trained on
   * @throws io.gshard.nmt.UserError if there is none, or it is damaged
   */
  public static Checkpointed open(
      Path folder, TranslatorFactory factory, Optional<MeshShape> mesh) {
    RunFolder run = new RunFolder(folder);
    RunState state = run.resume();
    var source = run.sourceVocabulary();
    var target = run.targetVocabulary();
    Translator translator =
        factory.open(
            state.config(),
            Optional.of(mesh.orElseGet(() -> MeshShape.parse(state.mesh()))),
            Devices.LOCAL);
    try {
      translator.load(run.model(state));
    } catch (RuntimeException e) {
      translator.close();
      throw e;
    }
    return new Checkpointed(translator, new Translation(translator, source, target));
  }

  public List<String> translate(List<String> lines) {
    return translation.of(lines);
  }

  @Override
  public void close() {
    translator.close();
  }
}
