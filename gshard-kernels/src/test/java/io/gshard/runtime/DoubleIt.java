package io.gshard.runtime;

import io.gshard.kernels.Vec;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * A model as a user would write it; what the processor would generate for it is written by hand
 * here.
 */
final class DoubleIt {
  private DoubleIt() {}

  static final Sharding ROWS = new Sharding(List.of(List.of("d"), List.of()));
  static final Shape SHAPE = Shape.of(DType.F32, 7, 3);

  static Binding weights(int offset) {
    return new Binding("layer.w", SHAPE, ROWS, offset);
  }

  static Layout layout(Shape weights) {
    return new Layout(
        List.of(new Binding("layer.w", weights, ROWS, 0)),
        List.of(new Binding("layer.w#step", Shape.scalar(DType.S32), Sharding.replicated(0), 0)),
        new Layout.Sizes(128, 32, 0, 0, 0, 0),
        Layout.Sizes.NONE);
  }

  /** w += x, both split by rows; returns 2 * w. */
  record Add(int local) implements Body {
    @Override
    public String name() {
      return "add";
    }

    @Override
    public List<Binding> inputs() {
      return List.of(new Binding("x", SHAPE, ROWS, 32));
    }

    @Override
    public List<Binding> outputs() {
      return List.of(new Binding("y", SHAPE, ROWS, 64));
    }

    @Override
    public void run(Device d) {
      Vec.add(d.f32, 0, d.f32, 32, d.f32, 0, local);
      Vec.multiply(d.f32, 0, 2f, d.f32, 64, local);
    }
  }

  record Init(int local) implements Body {
    @Override
    public String name() {
      return "init";
    }

    @Override
    public List<Binding> inputs() {
      return List.of(new Binding("seed", Shape.scalar(DType.S32), Sharding.replicated(0), 16));
    }

    @Override
    public List<Binding> outputs() {
      return List.of();
    }

    @Override
    public void run(Device d) {
      Vec.fill((float) d.s32[16], d.f32, 0, local);
      d.s32[0] = 0;
    }
  }

  interface Body {
    String name();

    List<Binding> inputs();

    List<Binding> outputs();

    void run(Device device);
  }

  static Program program(Body body) {
    return new Program() {
      @Override
      public String name() {
        return body.name();
      }

      @Override
      public List<Binding> inputs() {
        return body.inputs();
      }

      @Override
      public List<Binding> outputs() {
        return body.outputs();
      }

      @Override
      public void run(Spmd spmd) {
        spmd.each(body::run);
      }
    };
  }

  static List<Program> programs(MeshShape mesh) {
    int local = (int) ROWS.local(mesh, SHAPE).elements();
    return List.of(program(new Add(local)), program(new Init(local)));
  }
}
