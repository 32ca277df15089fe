import static io.gshard.tensor.Ops.replicate;
import static io.gshard.tensor.Ops.split;
import static io.gshard.tensor.Ops.sum;
import static io.gshard.tensor.Ops.zeros;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Replicate;
import io.gshard.annotation.Split;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;

/** One collective a program, on D devices with N f32 elements each. */
@Model
public class Collectives {
  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims("D N")
  Tensor rows;

  @Replicate
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("N")
  Tensor total;

  @Replicate
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("D N")
  Tensor all;

  @Split(dim = 1)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("D N")
  Tensor columns;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("D N")
  Tensor copies;

  @Program
  Tensor allReduce() {
    total = sum(rows, 0);
    return done();
  }

  @Program
  Tensor allGather() {
    all = replicate(rows);
    return done();
  }

  @Program
  Tensor allToAll() {
    columns = split(rows, 1);
    return done();
  }

  /** No collective: each device copies its part, as fast as memory lets it. */
  @Program
  Tensor copy() {
    copies = rows;
    return done();
  }

  @Program
  Tensor nothing() {
    return done();
  }

  private static Tensor done() {
    return zeros(Shape.scalar(DType.S32));
  }
}
