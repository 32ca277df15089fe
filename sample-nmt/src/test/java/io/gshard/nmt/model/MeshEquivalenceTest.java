package io.gshard.nmt.model;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.annotation.Backend;
import io.gshard.eager.Eager;
import io.gshard.mesh.MeshShape;
import io.gshard.nmt.ProcessorPath;
import io.gshard.nmt.compile.CompiledConfig;
import io.gshard.nmt.compile.ConfigCompiler;
import io.gshard.nmt.compile.ConfigRequest;
import io.gshard.pjrt.PjrtPlugins;
import io.gshard.runtime.Binding;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.tensor.DType;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The mesh must not be seen in what is learned: twenty training steps of the real model, in a small
 * config, give the same losses on one device, on several, on numbers that divide nothing, and in
 * eager mode.
 */
final class MeshEquivalenceTest {
  private static final int ROWS = 16;
  private static final int SOURCE = 16;
  private static final int TARGET = 8;
  private static final String SIZES =
      "B=16 L=16 T=8 G=8 E=8 F=2 M=32 H=64 A=32 N=4 D=8 V=97 W=61 P=2";
  private static final int STEPS = 20;
  private static final long SEED = 5;

  private static double[] oneDevice;

  @BeforeAll
  static void onOneDevice() {
    ProcessorPath.set();
    oneDevice = losses(1);
    assertWithMessage("the loss after %s steps, from %s", STEPS, oneDevice[0])
        .that(oneDevice[STEPS - 1])
        .isLessThan(oneDevice[0] - 0.1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 3, 5})
  void everyMeshGivesTheLossesOfOneDevice(int devices) {
    agree(losses(devices), 1e-5);
  }

  @Test
  void computingLayersAgainGivesTheLossesOfOneDevice() {
    agree(losses(2, Set.of(Backend.JAVA), true, DType.F32, Mesh::local), 1e-5);
  }

  /** Eight bits of mantissa: losses are the same to less than a percent, but not to 1e-5. */
  @Test
  void activationsOfBf16GiveNearlyTheLossesOfOneDevice() {
    double[] losses = losses(2, Set.of(Backend.JAVA), false, DType.BF16, Mesh::local);
    agree(losses, 1e-2);
    assertThat(losses[0]).isNotWithin(1e-6 * oneDevice[0]).of(oneDevice[0]);
  }

  /**
   * XLA runs the same programs: {@code mvn verify -Ppjrt} after {@code bin/gshard-pjrt install
   * cpu}.
   */
  @Tag("pjrt")
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void xlaGivesTheLossesOfOneDevice(int devices) {
    agree(
        losses(
            devices,
            Set.of(Backend.JAVA, Backend.XLA),
            false,
            DType.F32,
            MeshEquivalenceTest::pjrt),
        1e-4);
  }

  /** The programs beside the training step: what they draw, encode and decode. */
  @Tag("pjrt")
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void xlaInitialisesEncodesAndDecodesAsOurKernelsDo(int devices) {
    MeshShape shape = MeshShape.parse("expert=" + devices);
    ConfigRequest request =
        new ConfigRequest(
            "Small" + devices, SIZES, shape, Set.of(Backend.JAVA, Backend.XLA), false, DType.F32);
    try (CompiledConfig compiled = ConfigCompiler.compile(request);
        Mesh local = Mesh.local(shape);
        Mesh xla = pjrt(shape);
        Launcher ours = Launcher.load(compiled.model(), compiled.name(), local);
        Launcher theirs = Launcher.load(compiled.model(), compiled.name(), xla)) {
      ours.init(SEED);
      theirs.init(SEED);
      for (Binding parameter : ours.parameters()) {
        String path = parameter.name();
        same("init: " + path, theirs.parameter(path), ours.parameter(path));
      }
      for (int batch = 0; batch < 3; batch++) {
        List<Tensor> a = arguments(batch);
        Tensor memory = ours.run("encodeSource", a.subList(0, 3)).getFirst();
        same("encodeSource", theirs.run("encodeSource", a.subList(0, 3)).getFirst(), memory);
        List<Tensor> target = List.of(memory, a.get(1), a.get(3), a.get(5), a.get(6));
        Tensor tokens = ours.run("nextTokens", target).getFirst();
        same("nextTokens", theirs.run("nextTokens", target).getFirst(), tokens);
        assertWithMessage("different tokens")
            .that(IntStream.of(HostTensor.of(tokens).ints()).distinct().count())
            .isGreaterThan(1);
      }
    }
  }

  /** Integers are equal; reals to 1e-4, beside zero to a millionth of the largest. */
  private static void same(String what, Tensor found, Tensor expected) {
    assertWithMessage(what).that(found.shape()).isEqualTo(expected.shape());
    if (!expected.shape().type().isFloating()) {
      assertWithMessage(what)
          .that(HostTensor.of(found).ints())
          .isEqualTo(HostTensor.of(expected).ints());
      return;
    }
    float[] theirs = HostTensor.of(found).floats();
    float[] ours = HostTensor.of(expected).floats();
    float largest = 0;
    for (float x : ours) {
      largest = Math.max(largest, Math.abs(x));
    }
    for (int i = 0; i < ours.length; i++) {
      assertWithMessage("%s, element %s", what, i)
          .that(theirs[i])
          .isWithin(1e-4f * Math.abs(ours[i]) + 1e-6f * largest)
          .of(ours[i]);
    }
  }

  private static Mesh pjrt(MeshShape shape) {
    return Mesh.pjrt(PjrtPlugins.find("cpu"), shape.toString());
  }

  @Test
  void eagerModeGivesTheLossesOfOneDevice() {
    double[] losses = new double[STEPS];
    try (Eager<Nmt> eager = Eager.of(Nmt.class, SIZES, SEED)) {
      for (int step = 0; step < STEPS; step++) {
        List<Tensor> a = arguments(step);
        losses[step] =
            eager
                .model()
                .trainStep(
                    a.get(0), a.get(1), a.get(2), a.get(3), a.get(4), a.get(5), a.get(6), a.get(7),
                    a.get(8))
                .loss()
                .scalar();
      }
    }
    agree(losses, 1e-4);
  }

  private static void agree(double[] losses, double tolerance) {
    for (int step = 0; step < STEPS; step++) {
      assertWithMessage("loss of step %s", step)
          .that(losses[step])
          .isWithin(tolerance * oneDevice[step])
          .of(oneDevice[step]);
    }
  }

  private static double[] losses(int devices) {
    return losses(devices, Set.of(Backend.JAVA), false, DType.F32, Mesh::local);
  }

  private static double[] losses(
      int devices,
      Set<Backend> targets,
      boolean rematerialize,
      DType activations,
      Function<MeshShape, Mesh> meshes) {
    MeshShape shape = MeshShape.parse("expert=" + devices);
    ConfigRequest request =
        new ConfigRequest("Small" + devices, SIZES, shape, targets, rematerialize, activations);
    double[] losses = new double[STEPS];
    try (CompiledConfig compiled = ConfigCompiler.compile(request);
        Mesh mesh = meshes.apply(shape);
        Launcher launcher = Launcher.load(compiled.model(), compiled.name(), mesh)) {
      launcher.init(SEED);
      for (int step = 0; step < STEPS; step++) {
        losses[step] = launcher.run("trainStep", arguments(step)).getFirst().scalar();
      }
    }
    return losses;
  }

  /**
   * Packed rows of random pairs, the target a function of the source, with padding at the end of
   * some rows.
   */
  private static List<Tensor> arguments(int step) {
    SplittableRandom random = new SplittableRandom(step);
    int[] source = new int[ROWS * SOURCE];
    int[] sourceSegments = new int[source.length];
    int[] sourcePositions = new int[source.length];
    int[] target = new int[ROWS * TARGET];
    int[] labels = new int[target.length];
    int[] targetSegments = new int[target.length];
    int[] targetPositions = new int[target.length];
    for (int row = 0; row < ROWS; row++) {
      int pairs = 1 + random.nextInt(2);
      for (int pair = 0; pair < pairs; pair++) {
        for (int i = 0; i < SOURCE / 2; i++) {
          int at = row * SOURCE + pair * SOURCE / 2 + i;
          source[at] = 4 + random.nextInt(97 - 4);
          sourceSegments[at] = pair + 1;
          sourcePositions[at] = i;
        }
        for (int i = 0; i < TARGET / 2; i++) {
          int at = row * TARGET + pair * TARGET / 2 + i;
          labels[at] = 4 + source[row * SOURCE + pair * SOURCE / 2 + i] % 16;
          target[at] = i == 0 ? 2 : labels[at - 1];
          targetSegments[at] = pair + 1;
          targetPositions[at] = i;
        }
      }
    }
    List<Tensor> arguments = new ArrayList<>();
    for (int[] ids : List.of(source, sourceSegments, sourcePositions)) {
      arguments.add(HostTensor.of(ids, ROWS, SOURCE));
    }
    for (int[] ids : List.of(target, labels, targetSegments, targetPositions)) {
      arguments.add(HostTensor.of(ids, ROWS, TARGET));
    }
    arguments.add(HostTensor.scalar(step));
    arguments.add(HostTensor.scalar(step / (float) STEPS));
    return arguments;
  }
}
