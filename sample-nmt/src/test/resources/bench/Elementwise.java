import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.exp;
import static io.gshard.tensor.Ops.zeros;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Split;
import io.gshard.nn.Nn;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;

/** Loops over memory; what they make stays on the devices. */
@Model
public class Elementwise {
  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims("R C")
  Tensor x;

  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims(value = "R C", type = DType.BF16)
  Tensor half;

  @Init(value = Init.Kind.CONSTANT, scale = 1)
  @Dims("C")
  Tensor scale;

  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("C")
  Tensor shift;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("R C")
  Tensor x2;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims(value = "R C", type = DType.BF16)
  Tensor half2;

  @Program
  Tensor exponential() {
    x2 = exp(x);
    return done();
  }

  @Program
  Tensor softmax() {
    x2 = Nn.softmax(x);
    return done();
  }

  @Program
  Tensor layerNormGelu() {
    x2 = Nn.gelu(Nn.layerNorm(x, scale, shift));
    return done();
  }

  @Program
  Tensor toBf16() {
    half2 = convert(x, DType.BF16);
    return done();
  }

  @Program
  Tensor toF32() {
    x2 = convert(half, DType.F32);
    return done();
  }

  private static Tensor done() {
    return zeros(Shape.scalar(DType.S32));
  }
}
