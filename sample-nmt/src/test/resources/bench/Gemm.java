import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.einsum;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Replicate;
import io.gshard.tensor.DType;
import io.gshard.tensor.Tensor;

/** Matrix products; the result stays on the device. */
@Model
public class Gemm {
  @Replicate
  @Init(Init.Kind.NORMAL)
  @Dims("B M K")
  Tensor a;

  @Replicate
  @Init(Init.Kind.NORMAL)
  @Dims("B K N")
  Tensor b;

  @Replicate
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("B M N")
  Tensor c;

  @Program
  Tensor step() {
    c = einsum("BMK,BKN->BMN", a, b);
    return constant(DType.S32, 0);
  }
}
