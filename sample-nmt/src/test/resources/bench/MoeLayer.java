import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.gradients;
import static io.gshard.tensor.Ops.mean;
import static io.gshard.tensor.Ops.relu;
import static io.gshard.tensor.Ops.size;
import static io.gshard.tensor.Ops.square;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Program;
import io.gshard.annotation.Replicate;
import io.gshard.annotation.Split;
import io.gshard.nn.Nn;
import io.gshard.nn.Top2;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * One layer of experts, forward and backward. The gradients of its input and weights stay on the
 * devices.
 */
@Model
public class MoeLayer {
  @Split(dim = 0)
  @Init(Init.Kind.NORMAL)
  @Dims("G S M")
  Tensor inputs;

  @Replicate
  @Dims("M E")
  Tensor gate;

  @Split(dim = 0)
  @Dims("E M H")
  Tensor wi;

  @Split(dim = 0)
  @Dims("E H M")
  Tensor wo;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("G S M")
  Tensor inputsGradient;

  @Replicate
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("M E")
  Tensor gateGradient;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("E M H")
  Tensor wiGradient;

  @Split(dim = 0)
  @Init(value = Init.Kind.CONSTANT, scale = 0)
  @Dims("E H M")
  Tensor woGradient;

  @Program
  Tensor step() {
    Tensor gates = Nn.softmax(einsum("GSM,ME->GSE", inputs, gate));
    Top2 route = Top2.route(gates, null, size("C"), null, Top2.Policy.ALL);
    @Split(dim = 0)
    Tensor toExperts = einsum("GSEC,GSM->EGCM", route.dispatch(), inputs);
    Tensor hidden = relu(einsum("EGCM,EMH->EGCH", toExperts, wi));
    @Split(dim = 0)
    Tensor fromExperts = einsum("EGCH,EHM->GECM", hidden, wo);
    Tensor y = einsum("GSEC,GECM->GSM", route.combine(), fromExperts);
    Tensor loss = mean(square(y)).plus(route.auxLoss().times(0.01));
    List<Tensor> gradients = gradients(loss, inputs, gate, wi, wo);
    inputsGradient = gradients.get(0);
    gateGradient = gradients.get(1);
    wiGradient = gradients.get(2);
    woGradient = gradients.get(3);
    return loss;
  }
}
