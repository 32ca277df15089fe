package io.gshard.processor.java;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.LocalMesh;
import io.gshard.runtime.Mesh;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Large kernels of one device, and those that run once, shared by several workers: same bits. */
final class SplitTest {
  private static final String LARGE =
      """
      HloModule large

      add {
        l = f32[] parameter(0)
        r = f32[] parameter(1)
        ROOT s = f32[] add(l, r)
      }

      ENTRY main {
        a = f32[100,207] parameter(0)
        b = f32[207,205] parameter(1)
        columns = f32[100,205] dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0}
        rows = f32[205,100] dot(b, a), lhs_contracting_dims={0}, rhs_contracting_dims={1}
        c = f32[9,70,60] parameter(2)
        d = f32[9,61,60] parameter(3)
        batches = f32[9,70,61] dot(c, d), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={2}
        x = f32[259,1030] parameter(4)
        y = f32[259,1030] add(x, x)
        zero = f32[] constant(0)
        long = f32[259] reduce(y, zero), dimensions={1}, to_apply=add
        u = f32[4700,57] parameter(5)
        v = f32[4700,57] multiply(u, u)
        short = f32[4700] reduce(v, zero), dimensions={1}, to_apply=add
        i = s32[4700] parameter(6)
        g = f32[4700,57] gather(u, i), offset_dims={1}, collapsed_slice_dims={0}, start_index_map={0}, index_vector_dim=1, slice_sizes={1,57}
        w = f32[4700,57] subtract(g, v)
        ROOT t = (f32[100,205], f32[205,100], f32[9,70,61], f32[259,1030], f32[259], f32[4700], f32[4700,57]) tuple(columns, rows, batches, y, long, short, w)
      }
      """;

  private static List<Literal> arguments(HloModule module, Random random, DoubleSupplier real) {
    List<Literal> arguments = new ArrayList<>();
    for (Instruction parameter : module.entry().parameters()) {
      Shape shape = parameter.shape();
      arguments.add(
          shape.type().isFloating()
              ? Literal.ofReals(
                  shape, DoubleStream.generate(real).limit(shape.elements()).toArray())
              : Literal.ofIntegers(shape, random.longs(shape.elements(), -9, 4800).toArray()));
    }
    return arguments;
  }

  @Test
  void anyNumberOfWorkersGivesTheSameBits() {
    HloModule module = HloParser.parse(LARGE);
    long seed = 11;
    Random random = new Random(seed);
    List<Literal> whole = arguments(module, random, () -> random.nextInt(5) - 2);
    List<Literal> real = arguments(module, random, () -> (float) random.nextGaussian());
    List<Literal> expected = Evaluator.run(module, whole);
    List<Literal> bits = null;
    // On two devices all is the same for both, and runs once.
    for (String axes : List.of("d=1", "d=2")) {
      MeshShape shape = MeshShape.parse(axes);
      HloModule placed = new HloModule("large", shape, module.entry(), module.aliases(), true);
      Compiled compiled =
          Compiled.of(
              List.of(
                  Compiled.model(
                      "Large", shape, List.of(), Map.of("step", Compiled.replicated(placed)))));
      for (int workers : new int[] {1, 2, 3, 5}) {
        try (Mesh mesh = new LocalMesh(shape, workers);
            Launcher launcher = compiled.launch("Large", mesh)) {
          // Sums of small whole numbers are exact in any order.
          assertWithMessage("%s workers, seed %s", workers, seed)
              .that(Compiled.run(launcher, "step", whole))
              .isEqualTo(expected);
          List<Literal> found = Compiled.run(launcher, "step", real);
          bits = bits == null ? found : bits;
          assertWithMessage("%s, %s workers, seed %s", axes, workers, seed)
              .that(found)
              .isEqualTo(bits);
        }
      }
    }
    assertThat(bits).hasSize(7);
  }
}
