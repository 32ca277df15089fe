package errors;

import static io.gshard.tensor.Ops.allSum;
import static io.gshard.tensor.Ops.sum;

import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Manual;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Split;
import io.gshard.tensor.Tensor;

@Model
@Config(name = "Tiny", sizes = "B=6 M=4", mesh = "data=4")
public class GS0307 {
  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    return total(x);
  }

  @Manual
  private Tensor total(@Split(dim = 0) Tensor x) { // ERROR GS0307
    return allSum(sum(x, 0));
  }
}
