package io.gshard.runtime;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Launchers on hand-written programs: argument checks, padding, lookup by name. */
class LauncherTest {
  private static HostTensor counting() {
    float[] x = new float[21];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    return HostTensor.of(x, 7, 3);
  }

  @Test
  void runsOnUnevenShards() {
    try (Mesh mesh = Mesh.local("d=3");
        Launcher model = Launcher.load(DoubleIt.class, "Tiny", mesh)) {
      model.init(5);
      List<Tensor> results = model.run("add", List.of(counting()));
      for (int i = 0; i < 21; i++) {
        assertThat(results.get(0).literal().real(i)).isEqualTo(2.0 * (5 + i));
        assertThat(model.parameter("layer.w").literal().real(i)).isEqualTo(5.0 + i);
      }
      model.parameter("layer.w", counting());
      assertThat(model.parameter("layer.w").literal()).isEqualTo(counting().literal());
      assertThat(model.parameters().stream().map(Binding::name))
          .containsExactly("layer.w", "layer.w#step")
          .inOrder();
    }
  }

  @Test
  void tellsWhatDoesNotFit() {
    try (Mesh mesh = Mesh.local("d=3");
        Launcher model = new DoubleItTiny(mesh)) {
      assertMessage(
          () -> model.run("add", List.of()), "DoubleItTiny.add takes 1 arguments (x), found 0");
      assertMessage(
          () -> model.run("add", List.of(HostTensor.of(new float[6], 2, 3))),
          "DoubleItTiny.add: argument 'x': expected f32[7,3], found f32[2,3]");
      assertMessage(
          () -> model.run("add", List.of(HostTensor.of(new int[21], 7, 3))),
          "DoubleItTiny.add: argument 'x': expected f32[7,3], found s32[7,3]");
      assertMessage(
          () -> model.run("sub", List.of()),
          "DoubleItTiny has no program 'sub'; it has [add, init]");
      assertMessage(
          () -> model.parameter("w"),
          "DoubleItTiny has no parameter 'w'; it has [layer.w, layer.w#step]");
      model.close();
      assertThat(assertThrows(IllegalStateException.class, () -> model.parameter("layer.w")))
          .hasMessageThat()
          .isEqualTo("DoubleItTiny is closed");
    }
  }

  @Test
  void tellsWhichMeshIsNeeded() {
    try (Mesh mesh = Mesh.local("d=2")) {
      assertMessage(
          () -> Launcher.load(DoubleIt.class, "Tiny", mesh),
          "DoubleItTiny is compiled for the mesh 'd=3', found a mesh 'd=2': use"
              + " Mesh.local(\"d=3\"), or add a config for the other mesh");
    }
  }

  @Test
  void tellsWhenNothingWasGenerated() {
    try (Mesh mesh = Mesh.local("d=3")) {
      assertMessage(
          () -> Launcher.load(DoubleIt.class, "Huge", mesh),
          "no generated program io.gshard.runtime.DoubleItHuge for config 'Huge' of"
              + " io.gshard.runtime.DoubleIt: is the annotation processor enabled? (javac 23+ needs"
              + " -processorpath or -proc:full)");
    }
  }

  private static void assertMessage(org.junit.jupiter.api.function.Executable body, String text) {
    assertThat(assertThrows(IllegalArgumentException.class, body)).hasMessageThat().isEqualTo(text);
  }

  @Test
  void scatterThenGatherGivesTheTensorBack() {
    Random random = new Random(4);
    MeshShape shape = MeshShape.parse("a=2, b=3");
    List<List<String>> choices =
        List.of(List.of(), List.of("a"), List.of("b"), List.of("a", "b"), List.of("b", "a"));
    try (LocalMesh mesh = new LocalMesh(shape)) {
      for (int round = 0; round < 60; round++) {
        DType type = List.of(DType.F32, DType.S32, DType.BF16, DType.PRED).get(random.nextInt(4));
        Shape global = Shape.of(type, random.nextInt(9), 1 + random.nextInt(7));
        List<String> first = choices.get(random.nextInt(5));
        List<String> second = first.isEmpty() ? choices.get(random.nextInt(5)) : List.of();
        Binding binding = new Binding("t", global, new Sharding(List.of(first, second)), 3);
        Spmd spmd =
            mesh.allocate(
                new Layout(
                    List.of(),
                    List.of(),
                    new Layout.Sizes(100, 100, 100, 100, 0, 0),
                    Layout.Sizes.NONE));
        for (int d = 0; d < 6; d++) {
          java.util.Arrays.fill(spmd.device(d).f32, Float.NaN);
        }
        int n = (int) global.elements();
        long[] values = random.longs(n, 0, 2).toArray();
        HostTensor tensor =
            HostTensor.of(
                type.isFloating()
                    ? Literal.ofReals(
                        global, java.util.Arrays.stream(values).asDoubleStream().toArray())
                    : Literal.ofIntegers(global, values));
        HostTensors.scatter(tensor, binding, spmd);
        assertThat(HostTensors.gather(binding, spmd).literal()).isEqualTo(tensor.literal());
        if (type == DType.F32) {
          int local = (int) binding.sharding().local(shape, global).elements();
          for (int d = 0; d < 6; d++) {
            for (int i = 0; i < local; i++) {
              // Padding is zero, and nothing beyond the shard is written.
              assertThat(spmd.device(d).f32[3 + i]).isAtLeast(0f);
            }
            assertThat(spmd.device(d).f32[3 + local]).isNaN();
          }
        }
      }
    }
  }
}
