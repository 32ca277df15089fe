import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.size;
import static io.gshard.tensor.Ops.zeros;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Split;
import io.gshard.nn.Nn;
import io.gshard.nn.Top2;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;

/** Algorithm 2 without the experts: what is routed there comes back as it is. */
@Model
public class Dispatch {
  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims("G S M")
  Tensor inputs;

  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims("G S E")
  Tensor logits;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("G S M")
  Tensor outputs;

  @Program
  Tensor step() {
    Top2 route = Top2.route(Nn.softmax(logits), null, size("C"), null, Top2.Policy.ALL);
    Tensor sent = einsum("GSEC,GSM->GECM", route.dispatch(), inputs);
    outputs = einsum("GSEC,GECM->GSM", route.combine(), sent);
    return zeros(Shape.scalar(DType.S32));
  }
}
