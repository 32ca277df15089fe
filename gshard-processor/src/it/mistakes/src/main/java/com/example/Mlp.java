package com.example;

import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.relu;

import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Split;
import io.gshard.tensor.Tensor;

@Model
@Config(name = "Tiny", sizes = "B=6 M=16 H=32", mesh = "model=4")
public class Mlp {
  @Split(dim = 1, axis = "expert")
  @Dims("M H")
  Tensor wi;

  @Dims("H M")
  Tensor wo;

  @Program
  @Dims("B M")
  Tensor forward(@Dims("B M") Tensor x) {
    return einsum("BH,HM->BM", relu(x), wo);
  }
}
