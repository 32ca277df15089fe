package errors;

import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Shard;
import io.gshard.tensor.Tensor;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4", mesh = "data=4")
public class GS0308 {
  @Shard(value = {"data", ""}, devices = {3, 1, 1, 0}) // ERROR GS0308
  @Dims("B M")
  Tensor w;

  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    return x.plus(w);
  }
}
