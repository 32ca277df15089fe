package io.gshard.nmt.train;

import io.gshard.nmt.data.Batch;
import io.gshard.nmt.data.BatchShape;
import java.nio.file.Path;

/** A translation model on its mesh, as training and translating see it. */
public interface Translator extends AutoCloseable {

  /** The batches it is compiled for. */
  BatchShape shape();

  /** How many source ids it has rows for. */
  int sourceVocabulary();

  /** How many target ids it has rows for. */
  int targetVocabulary();

  /** Gives all parameters their first values. */
  void init(long seed);

  /**
   * One training step.
   *
   * @param step the steps done before
   * @param progress from 0 to 1, how much of the training is done
   */
  StepResult trainStep(Batch batch, int step, float progress);

  /**
   * Translates, taking the most likely token each time.
   *
   * @param sources ids, each ended by {@code EOS} and no longer than a row
   * @return for each source the target's ids, without {@code BOS}, ended by {@code EOS} if an end
   *     was found
   */
  int[][] translate(int[][] sources);

  /** Writes parameters and optimizer state as safetensors; all processes call it, one writes. */
  void save(Path file);

  /**
   * Reads what {@link #save} wrote, on any mesh.
   *
   * @throws io.gshard.nmt.UserError if the file is missing, damaged or of another config
   */
  void load(Path file);

  /** Which of several processes this is; all do the same, 0 writes files and speaks to the user. */
  default int rank() {
    return 0;
  }

  /** Numbers that all processes have to agree on: those of process 0. */
  default double[] fromFirst(double... values) {
    return values;
  }

  @Override
  void close();
}
