package io.gshard.nmt.train;

import io.gshard.nmt.UserError;
import io.gshard.nmt.data.Batch;
import io.gshard.nmt.data.BatchShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * In the place of the model: its loss is 10 / (1 + updates), where the one number it "learns" is
 * the count of updates, and its translation is the source's ids.
 */
public final class FakeTranslator implements Translator {
  private int updates = -1;
  private float lastProgress;

  @Override
  public BatchShape shape() {
    return new BatchShape(4, 64, 64);
  }

  @Override
  public int sourceVocabulary() {
    return 900;
  }

  @Override
  public int targetVocabulary() {
    return 600;
  }

  @Override
  public void init(long seed) {
    updates = 0;
  }

  @Override
  public StepResult trainStep(Batch batch, int step, float progress) {
    if (step != updates || progress < lastProgress || progress > 1) {
      throw new IllegalStateException("step " + step + " after " + updates + " updates");
    }
    lastProgress = progress;
    updates++;
    // The text is in the loss too, so that another order of batches is another loss.
    int text = Arrays.hashCode(batch.srcIds()) & 0xff;
    return new StepResult(10f / updates + text / 1e4f, 0.1f, new float[] {3, 1}, 0.05f);
  }

  @Override
  public int[][] translate(int[][] sources) {
    return Arrays.stream(sources)
        .map(ids -> Arrays.stream(ids).map(id -> id % targetVocabulary()).toArray())
        .toArray(int[][]::new);
  }

  @Override
  public void save(Path file) {
    try {
      Files.writeString(file, "updates " + updates);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void load(Path file) {
    try {
      String text = Files.readString(file);
      if (!text.startsWith("updates ")) {
        throw new UserError("the checkpoint " + file + " is damaged; restore it");
      }
      updates = Integer.parseInt(text.substring(8));
    } catch (IOException e) {
      throw new UserError("cannot read " + file + "; restore it", e);
    }
  }

  @Override
  public void close() {}
}
