package io.gshard.nmt.model;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Module;
import io.gshard.nn.Nn;
import io.gshard.tensor.Tensor;

/** Root-mean-square norm over the last dim with a learned scale. */
@Module
public class Norm {
  @Dims("M")
  @Init(Init.Kind.CONSTANT)
  Tensor scale;

  Tensor apply(Tensor x) {
    return Nn.rmsNorm(x, scale);
  }
}
