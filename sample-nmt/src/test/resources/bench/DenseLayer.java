import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.gradients;
import static io.gshard.tensor.Ops.mean;
import static io.gshard.tensor.Ops.relu;
import static io.gshard.tensor.Ops.square;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Replicate;
import io.gshard.annotation.Split;
import io.gshard.tensor.Tensor;
import java.util.List;

/** A feed-forward layer without experts, forward and backward, each device with its own tokens. */
@Model
public class DenseLayer {
  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims("G S M")
  Tensor inputs;

  @Replicate
  @Dims("M H")
  Tensor wi;

  @Replicate
  @Dims("H M")
  Tensor wo;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("G S M")
  Tensor inputsGradient;

  @Replicate
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("M H")
  Tensor wiGradient;

  @Replicate
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("H M")
  Tensor woGradient;

  @Program
  Tensor step() {
    Tensor hidden = relu(einsum("GSM,MH->GSH", inputs, wi));
    Tensor y = einsum("GSH,HM->GSM", hidden, wo);
    Tensor loss = mean(square(y));
    List<Tensor> gradients = gradients(loss, inputs, wi, wo);
    inputsGradient = gradients.get(0);
    wiGradient = gradients.get(1);
    woGradient = gradients.get(2);
    return loss;
  }
}
