import static io.gshard.tensor.Ops.zeros;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Split;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;

/** Steps in which D devices have nothing to do, or add one to a number of their own. */
@Model
public class Step {
  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("D")
  Tensor counts;

  @Program
  Tensor nothing() {
    return done();
  }

  @Program
  Tensor count() {
    counts = counts.plus(1);
    return done();
  }

  private static Tensor done() {
    return zeros(Shape.scalar(DType.S32));
  }
}
