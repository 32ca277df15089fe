package com.example;

import io.gshard.eager.Eager;
import io.gshard.runtime.Mesh;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;

public final class Main {
  public static void main(String[] args) throws Exception {
    float[] values = new float[6 * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    Tensor x = Ops.constant(Literal.ofFloats(Shape.of(DType.F32, 6, 16), values));
    float[] sharded;
    try (Mesh mesh = Mesh.local("model=4");
        MlpTiny mlp = MlpTiny.on(mesh)) {
      mlp.init(1);
      sharded = mlp.forward(x).literal().toFloats();
    }
    float[] eagerly;
    try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 1)) {
      eagerly = eager.model().forward(x).literal().toFloats();
    }
    double worst = 0;
    double size = 0;
    for (int i = 0; i < sharded.length; i++) {
      worst = Math.max(worst, Math.abs(sharded[i] - eagerly[i]));
      size = Math.max(size, Math.abs(eagerly[i]));
    }
    if (size == 0 || worst > 1e-5 * size) {
      throw new AssertionError("sharded and eager differ by " + worst);
    }
    System.out.println("SHARDED EQUALS EAGER on 4 devices");
  }
}
