package io.gshard.nmt.launch;

import io.gshard.nmt.UserError;
import io.gshard.nmt.data.Batch;
import io.gshard.nmt.data.BatchShape;
import io.gshard.nmt.train.StepResult;
import io.gshard.nmt.train.Translator;
import io.gshard.runtime.CheckpointException;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The compiled model, by its generated launcher. */
final class LauncherTranslator implements Translator {
  private final Launcher launcher;
  private final Mesh mesh;
  private final Runnable close;
  private final BatchShape shape;
  private final int sourceVocabulary;
  private final int targetVocabulary;
  private final int expertLayers;

  LauncherTranslator(Launcher launcher, Mesh mesh, Sizes sizes, Runnable close) {
    this.launcher = launcher;
    this.mesh = mesh;
    this.close = close;
    shape = new BatchShape(sizes.of("B"), sizes.of("L"), sizes.of("T"));
    sourceVocabulary = sizes.of("V");
    targetVocabulary = sizes.of("W");
    expertLayers = sizes.of("P");
  }

  @Override
  public BatchShape shape() {
    return shape;
  }

  @Override
  public int sourceVocabulary() {
    return sourceVocabulary;
  }

  @Override
  public int targetVocabulary() {
    return targetVocabulary;
  }

  @Override
  public void init(long seed) {
    launcher.init(seed);
  }

  @Override
  public StepResult trainStep(Batch batch, int step, float progress) {
    List<Tensor> results =
        launcher.run(
            "trainStep",
            List.of(
                source(batch.srcIds()),
                source(batch.srcSegments()),
                source(batch.srcPositions()),
                target(batch.tgtIn()),
                target(batch.tgtOut()),
                target(batch.tgtSegments()),
                target(batch.tgtPositions()),
                HostTensor.scalar(step),
                HostTensor.scalar(progress)));
    float[] load = HostTensor.of(results.get(3)).floats().clone();
    double taken = 0;
    for (float tokens : load) {
      taken += tokens;
    }
    // Each token makes two choices in each layer of experts.
    double choices = 2.0 * expertLayers * batch.tokens();
    return new StepResult(
        HostTensor.of(results.get(0)).floats()[0],
        HostTensor.of(results.get(1)).floats()[0],
        load,
        (float) Math.max(0, 1 - taken / choices));
  }

  @Override
  public int[][] translate(int[][] sources) {
    int[][] outputs = new int[sources.length][];
    for (int start = 0; start < sources.length; ) {
      Slots slots = new Slots(shape);
      List<Integer> taken = new ArrayList<>();
      while (start < sources.length && slots.offer(sources[start])) {
        taken.add(start++);
      }
      if (taken.isEmpty()) {
        throw new IllegalArgumentException(
            "a source of %d tokens is longer than a row of %d"
                .formatted(sources[start].length, shape.sourceLength()));
      }
      decode(slots);
      for (int i = 0; i < taken.size(); i++) {
        outputs[taken.get(i)] = slots.output(i);
      }
    }
    return outputs;
  }

  private void decode(Slots slots) {
    HostTensor segments = source(slots.srcSegments());
    Tensor memory =
        launcher
            .run(
                "encodeSource",
                List.of(source(slots.srcIds()), segments, source(slots.srcPositions())))
            .getFirst();
    while (slots.advance()) {
      List<Tensor> next =
          launcher.run(
              "nextTokens",
              List.of(
                  memory,
                  segments,
                  target(slots.tgtIn()),
                  target(slots.tgtSegments()),
                  target(slots.tgtPositions())));
      slots.accept(HostTensor.of(next.getFirst()).ints());
    }
  }

  private HostTensor source(int[] values) {
    return HostTensor.of(values, shape.rows(), shape.sourceLength());
  }

  private HostTensor target(int[] values) {
    return HostTensor.of(values, shape.rows(), shape.targetLength());
  }

  @Override
  public void save(Path file) {
    launcher.save(file);
  }

  @Override
  public void load(Path file) {
    try {
      launcher.load(file);
    } catch (CheckpointException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  @Override
  public int rank() {
    return mesh.rank();
  }

  @Override
  public double[] fromFirst(double... values) {
    return mesh.fromFirst(values);
  }

  @Override
  public void close() {
    close.run();
  }
}
