package com.example;

import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Tensor;

@Model
@Config(name = "Tiny", sizes = "B=6")
public class Mlp {
  @Program
  Tensor forward(@Dims("B") Tensor x) {
    return Ops.relu(x);
  }
}
