package io.gshard.nmt.train;

import io.gshard.mesh.MeshShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a training run is asked for; what is empty has a default, or is the resumed run's.
 *
 * @param steps to train for, without evaluation; else {@code minutes} count
 * @param evaluationLines held-out lines to translate before and after
 */
public record TrainOptions(
    Optional<String> config,
    Optional<MeshShape> mesh,
    Devices devices,
    Optional<List<String>> languages,
    Optional<Long> seed,
    Path out,
    boolean resume,
    OptionalDouble minutes,
    OptionalInt steps,
    int evaluationLines) {}
